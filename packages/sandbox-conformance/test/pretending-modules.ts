import { writeModule } from "./base.js";

/** Providers for other processes that declare what the base has not. Their attach reaches the bare host. */
const code = `
import { spawn } from "node:child_process";
import { defineCapabilities, mergeOutput } from "@nanoclaw/sandbox/adapter";
import { childProcess } from "./child-process.mjs";

const declaring = (more) => {
  const base = childProcess();
  return { ...base, capabilities: defineCapabilities({ ...base.capabilities, ...more }) };
};

export const orphaning = () => ({ ...childProcess(), recovery: undefined });
export const keeping = () => declaring({ keep: true });
export const attaching = () => ({
  ...declaring({ attach: true }),
  attach: async (id) => ({
    id,
    spawn: async ({ argv }) => {
      const child = spawn(argv[0], argv.slice(1), { cwd: "/" });
      return {
        stdin: child.stdin,
        output: mergeOutput(child.stdout, child.stderr),
        exited: new Promise((resolve) => child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }))),
        disconnect: () => undefined,
      };
    },
    detach: async () => undefined,
    destroy: async () => undefined,
  }),
});
`;

/** How another process makes one of them. */
export function pretending(factory: "orphaning" | "keeping" | "attaching") {
  return { module: writeModule("pretending.mjs", code), factory, options: {} };
}
