import { SandboxError } from "./contract/error.js";
import type { SandboxEvent } from "./contract/event.js";
import type { SandboxProvider } from "./contract/provider.js";
import { checkEnvironment, checkKeys, checkSignal, checkText, checkTimeout } from "./internal/check.js";
import { checkProvider } from "./internal/check-provider.js";
import { withDeadline } from "./internal/deadline.js";
import { thisOwner } from "./internal/owner.js";
import { asSandboxError, emitter, Session } from "./internal/session.js";
import { notFound } from "./list.js";
import { Sandbox } from "./sandbox.js";

export interface AttachOptions {
  /** In the environment of the commands of this program, as in `createSandbox`. */
  secrets?: Record<string, string>;
  onEvent?: (event: SandboxEvent) => void;
  signal?: AbortSignal;
  /** Default: 30 000. */
  timeoutMs?: number;
}

/**
 * Takes hold of a running sandbox of this installation, by id or name. Disposal lets it go again; `destroy`
 * ends it for everyone.
 *
 * @throws SandboxError `sandbox_not_found`, `unsupported`.
 */
export async function attachSandbox(
  provider: SandboxProvider,
  idOrName: string,
  options: AttachOptions = {},
): Promise<Sandbox> {
  checkProvider(provider);
  checkText("The id or name", idOrName);
  checkKeys("attachSandbox", options, ["secrets", "onEvent", "signal", "timeoutMs"]);
  const { secrets = {}, timeoutMs = 30_000, signal: aborted } = options;
  checkEnvironment("secrets", secrets);
  checkSignal("signal", aborted);
  checkTimeout("timeoutMs", timeoutMs);
  const { attach } = provider;
  if (!provider.capabilities.attach || !attach) {
    throw new SandboxError("unsupported", `${provider.name} cannot attach to a sandbox.`);
  }
  try {
    return await withDeadline({ operation: "attach", timeoutMs, signal: aborted }, async (signal) => {
      const { installation } = await thisOwner();
      const context = { signal, emit: () => undefined };
      const records = await provider.list(installation, context);
      const record = records.find(
        ({ id, name, state }) => state === "running" && (id === idOrName || name === idOrName),
      );
      if (!record) throw notFound(provider, idOrName);
      const emit = emitter(provider.name, record.id, options.onEvent);
      const driver = await attach.call(provider, record.id, { signal, emit });
      return new Sandbox(
        new Session({
          provider,
          driver,
          name: record.name,
          created: false,
          ports: undefined,
          memoryLimited: false,
          ownedByThis: false,
          secrets,
          emit,
        }),
      );
    });
  } catch (error) {
    throw asSandboxError(error).with({ operation: "attach" });
  }
}
