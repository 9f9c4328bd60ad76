import { SandboxError, type SandboxRecord } from "@nanoclaw/sandbox/adapter";
import type { Engine } from "./engine.js";
import { recordOf } from "./records.js";

/** The containers of this adapter that carry a label, `key=value`. */
export async function listRecords(
  engine: Engine,
  label: string,
  signal: AbortSignal,
): Promise<SandboxRecord[]> {
  const containers = await engine.listContainers(label, signal);
  return containers
    .map(({ Names, Labels, State, Created }) =>
      recordOf({ name: Names[0] ?? "", labels: Labels, state: State, createdAt: Created * 1000 }),
    )
    .filter((record) => record !== undefined);
}

/**
 * The container of this name: its record, or `foreign` for one that this adapter did not make. Undefined when
 * there is none.
 */
export async function inspectRecord(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<SandboxRecord | "foreign" | undefined> {
  // Anything else would change the path of the call.
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id)) return undefined;
  try {
    const { Name, Config, State, Created } = await engine.inspectContainer(id, signal);
    // The engine also answers to the beginning of a container's own id.
    if (Name.replace(/^\//, "") !== id) return undefined;
    const facts = { name: Name, labels: Config.Labels, state: State.Status, createdAt: Date.parse(Created) };
    return recordOf(facts) ?? "foreign";
  } catch (error) {
    if (SandboxError.is(error, "sandbox_not_found")) return undefined;
    throw error;
  }
}
