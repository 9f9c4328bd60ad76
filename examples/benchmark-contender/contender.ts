import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ContenderFactory } from "sandbox-bench/contender";

const run = promisify(execFile);

/** Commands on the host, in no sandbox at all: what there is to lose. */
const host: ContenderFactory = {
  id: "host",
  title: "no sandbox",
  role: "baseline",
  serves: ({ engine }) => engine === "local",
  async open() {
    const exec = async ([program = "", ...rest]: readonly string[]) => (await run(program, rest)).stdout;
    return {
      versions: { node: process.version },
      async firstOutput(argv) {
        const output = await exec(argv);
        return { finish: async () => ({ output }) };
      },
      start: async () => ({
        id: "host",
        exec,
        writeFile: (path, content) => writeFile(path, content),
        readFile: (path) => readFile(path),
        remove: async () => undefined,
      }),
    };
  },
};

export default host;
