import type { Parsed } from "@nanoclaw/emulator-base";
import type { ContainerSnapshot } from "../container/configuration.js";
import { AggregateFailure, ContainerFailure, type FailureRecord } from "../failures.js";
import { printLine } from "../output/print.js";
import type { ServiceConnection } from "../service/client.js";
import { listContainers, recordOf } from "../service/with-service.js";

/**
 * The ids that a command is about: those given, or with `--all` those that it picks.
 *
 * @param conflict What it says to ids together with `--all`.
 */
export async function chosenContainers(
  service: ServiceConnection,
  parsed: Parsed,
  conflict: string,
  pick: (container: ContainerSnapshot) => boolean,
): Promise<string[]> {
  const ids = parsed.texts("container-ids");
  const all = parsed.flag("all");
  if (ids.length === 0 && !all) {
    throw new ContainerFailure("invalidArgument", "no containers specified and --all not supplied");
  }
  if (ids.length > 0 && all) throw new ContainerFailure("invalidArgument", conflict);
  if (!all) return [...new Set(ids)];
  return (await listContainers(service)).filter(pick).map(({ id }) => id);
}

/** Notes what went wrong with a container, to be told after the others had their turn. */
export class Outcomes {
  private readonly failures: FailureRecord[] = [];

  constructor(private readonly message: string) {}

  /** Does something about a container, and prints its id when that is done. */
  async attempt(id: string, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
      printLine(id);
    } catch (error) {
      this.failures.push({ code: "internalError", message: this.message, cause: recordOf(error) });
    }
  }

  /** @throws An `AggregateFailure` where there is any. */
  finish(): number {
    if (this.failures.length > 0) throw new AggregateFailure(this.failures);
    return 0;
  }
}
