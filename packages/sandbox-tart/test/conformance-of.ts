import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { afterAll, beforeAll } from "vitest";
import type { TartOptions } from "../src/index.js";
import { type Emulated, type EmulatedOptions, emulated, linuxImage } from "./emulated.js";

/** Checks that ask for what no virtual machine has, or that an emulated one is known to lack. */
const notForMachines: readonly string[] = [
  // 96 MiB of memory, in which no system boots; and the emulator's guests share the host's.
  "G8.limit-memory",
  // 64 MiB of memory.
  "G6.out-of-memory",
  // A tenth of a GiB, where a disk cannot be smaller than its image's.
  "G8.limit-disk",
  // A path with a colon, which Tart takes for the end of the path: it is refused.
  "G12.mount-names",
  // No interface beside the loopback, where Softnet lets the interface be and nothing through it.
  "G8.network-none",
  // Eight machines gone within two seconds, where each call of the emulator takes Node's start: `owner.test.ts` has five.
  "G3.killed-eight",
  // The agent, and what sshd has for a session, are processes of the guest's user, as the command is: they are killed
  // with output that they have not read yet. `emulator-transport.test.ts` has what is told then.
  "G6.everything-killed",
];

/** A machine takes seconds to make on the emulator: without `CHECKS=all` a run has those checks that say most. */
const every = process.env.CHECKS === "all";

type Wanted = (check: { readonly id: string; readonly guarantee: string }) => boolean;

const lives = new Set([
  "G8.mount-read-only",
  "G8.ports",
  "G9.adapter-heeds-abort",
  "G10.foreign-remove",
  "G1.open-files",
]);

/** What depends on the adapter's care for machines. */
export const ofTheMachine: Wanted = ({ id }) => every || lives.has(id);

const carried = new Set([
  "G6.exit-codes",
  "G6.signals",
  "G6.missing-program",
  "G6.missing-cwd",
  "G7.every-byte",
  "G7.apart",
  "G7.to-the-last",
  "G7.input",
  "G7.hundred-at-once",
  "G12.environment",
  "G12.arguments",
  "G12.environment-names",
]);

/** What depends on the way into the guest. */
export const ofTheWay: Wanted = ({ id, guarantee }) =>
  every ? ["G5", "G6", "G7", "G11", "G12"].includes(guarantee) : carried.has(id);

/** A Tart that takes every command and never answers. */
function wedged(engine: Emulated) {
  const directory = mkdtempSync(join(tmpdir(), "tart-wedged-"));
  const program = join(directory, "tart");
  writeFileSync(program, "#!/bin/sh\nexec sleep 1000\n");
  chmodSync(program, 0o755);
  return {
    provider: engine.provider({ program }),
    close: async () => rmSync(directory, { recursive: true }),
  };
}

/** Registers the wanted checks for one way into the guest. */
export function conformanceBy(
  way: string,
  options: TartOptions,
  emulator: EmulatedOptions,
  wanted: Wanted,
): void {
  const skip = whyNoGuests();
  const path = process.env.PATH;
  let engine: Emulated;
  beforeAll(async () => {
    if (skip !== undefined) return;
    engine = await emulated({ ...emulator, softnet: true });
    // Tart looks for Softnet there, and the adapter before it.
    process.env.PATH = engine.emulator.environment.PATH;
  });
  afterAll(async () => {
    process.env.PATH = path;
    await engine?.[Symbol.asyncDispose]();
  });
  conformance(
    `tart by ${way}`,
    {
      provider: () => engine.provider(options),
      create: { image: linuxImage },
      wedged: async () => wedged(engine),
      // Not `vms`: there a guest's own files lie open, which on a Mac are inside of its disk.
      hostDirectories: () => [
        engine.stateDirectory,
        ...["tmp", "cache"].map((name) => join(engine.emulator.home, name)),
      ],
      leftovers: () => engine.leftovers(),
    },
    { skip, filter: (check) => wanted(check) && !notForMachines.includes(check.id) },
  );
}
