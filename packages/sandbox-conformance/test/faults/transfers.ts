import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import { type Fault, withDriver, withExit, withSpec } from "../fault.js";

/** G6 and G7 for files. */
export const transferFaults: readonly Fault[] = [
  {
    fault: "packs what links lead to, with modes of its own",
    caughtBy: ["G7.transfer-tree"],
    says: /deep-equal/,
    provider: (base) =>
      withArchive(base, ["--dereference", "--mode=a+rwX", "--exclude=broken", "--exclude=long link"]),
  },
  {
    fault: "follows links when it packs",
    caughtBy: ["G8.transfer-crooked-tree"],
    says: /was copied/,
    provider: (base) => withArchive(base, ["--dereference"]),
  },
  {
    fault: "takes in archives and does not unpack them",
    caughtBy: ["G7.transfer-file", "G7.transfer-merge"],
    says: /old and longer|new/,
    provider: (base) =>
      withDriver(base, () => ({
        archive: { unpack: async (_, tar) => void (await buffer(tar)), pack: async (path) => pack(path, []) },
      })),
  },
  {
    fault: "reads a whole archive before it passes it on",
    caughtBy: ["G7.transfer-large"],
    says: /Memory grew/,
    provider: (base) =>
      withDriver(base, () => ({
        archive: {
          unpack: async (directory, tar) => await unpack(directory, tar),
          pack: async (path) => {
            const { Readable } = await import("node:stream");
            const whole = await buffer(pack(path, []));
            return Readable.from([whole]);
          },
        },
      })),
  },
  {
    fault: "tells every failure of a file call as exit 1",
    caughtBy: ["G6.files-told"],
    says: /rejected with file_failed, not with file_not_found/,
    provider: (base) =>
      withExit(base, ({ exitCode, signal }) => ({ exitCode: exitCode ? 1 : exitCode, signal })),
  },
  {
    fault: "has a guest in which nobody may read anything",
    caughtBy: ["G7.files-abandoned"],
    says: /permission|rejected|not permitted|does not exist|Error/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        argv: spec.argv.map((word) => word.replaceAll('exec cat <"$1"', "exit 13")),
      })),
  },
];

/** Archives by the host's own tar, with options for packing. */
function withArchive(base: SandboxProvider, options: readonly string[]): SandboxProvider {
  return withDriver(base, () => ({
    archive: {
      unpack: (directory, tar) => unpack(directory, tar),
      pack: async (path) => pack(path, options),
    },
  }));
}

async function unpack(directory: string, tar: Readable): Promise<void> {
  const child = spawn("tar", ["-xpf", "-", "-C", directory], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  tar.pipe(child.stdin);
  await ended;
}

function pack(path: string, options: readonly string[]): Readable {
  const argv = [...options, "-cf", "-", "-C", dirname(path), "--", basename(path)];
  return spawn("tar", argv, { stdio: ["ignore", "pipe", "ignore"] }).stdout;
}
