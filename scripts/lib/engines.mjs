import { join } from "node:path";
import { root } from "./run.mjs";

const adapters = { local: "packages/sandbox-local", docker: "packages/sandbox-docker" };
const answerWithinMs = 20_000;

/**
 * Asks each adapter whether its engine is there. The workspace must be built.
 *
 * @returns {Promise<{ name: string, available: boolean, version?: string, endpoint?: string,
 *   problems: { message: string, hint?: string }[] }[]>}
 */
export async function findEngines() {
  return Promise.all(
    Object.entries(adapters).map(async ([name, directory]) => {
      const adapter = await import(join(root, directory, "dist/index.js"));
      const context = { signal: AbortSignal.timeout(answerWithinMs), emit: () => undefined };
      return { name, ...(await adapter[name]().probe(context)) };
    }),
  );
}
