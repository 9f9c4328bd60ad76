import { spawn } from "node:child_process";
import type { Target } from "../engines/target.js";
import { findProgram, startProgram } from "../program.js";
import type { ContenderFactory } from "./factory.js";

/** The bwrap command with all namespaces. It has no sandbox to come back to: each command gets a new one. */
export const plainBwrap: ContenderFactory = {
  id: "bwrap",
  title: "plain bwrap",
  role: "baseline",
  serves: (target) => target.engine === "local",
  async open(target) {
    if (!findProgram("bwrap")) throw new Error("The bwrap command is not installed.");
    const bwrap = (argv: readonly string[]) => startProgram([...sandboxCommand(target), ...argv]);
    const version = await startProgram(["bwrap", "--version"]).output();
    return {
      versions: { bwrap: version.replace(/^bubblewrap\s+/, "").trim() },
      async firstOutput(argv) {
        const program = bwrap(argv);
        await program.firstByte();
        return { finish: async () => ({ output: await program.output() }) };
      },
      async start() {
        const program = bwrap(["sh", "-c", "echo; exec sleep 2147483647"]);
        await program.firstByte();
        return {
          id: String(program.child.pid),
          exec: (argv) => bwrap(argv).output(),
          stream: async (argv) => {
            const [file = "", ...args] = [...sandboxCommand(target), ...argv];
            return spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] }).stdout;
          },
          remove: () => program.kill(),
        };
      },
    };
  },
};

/** What the local adapter gives, in as few words: the same namespaces, the host's files read-only, a private /tmp. */
function sandboxCommand(target: Target): string[] {
  return [
    "bwrap",
    "--unshare-all",
    ...(target.network === "none" ? [] : ["--share-net"]),
    "--die-with-parent",
    ...["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
  ];
}
