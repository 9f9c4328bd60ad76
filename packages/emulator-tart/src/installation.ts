import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftGuests } from "@nanoclaw/emulator-base";
import { installEmulator as installProgram } from "./emulator.js";
import { imagePath, type ImageOptions as MachineOptions } from "./images.js";
import { openHome } from "./store/home.js";
import { readSockets } from "./store/locks.js";
import { localMachines } from "./store/mac-addresses.js";
import type { EmulatorSettings } from "./store/settings.js";
import { runnerOf, VmDirectory } from "./store/vm-directory.js";
import { ensureDisk } from "./vm/machine.js";

const POLL_MS = 20;

export interface EmulatorOptions {
  /** Whether `softnet` is to be found in PATH. Default false. */
  readonly softnet?: boolean;
  /** Settings that differ from the defaults of `EmulatorSettings`. Default none. */
  readonly settings?: Partial<EmulatorSettings>;
}

/** What an image is made of. */
export interface ImageOptions extends Pick<MachineOptions, "name" | "diskGigabytes" | "diskFormat"> {
  /** Default `"linux"`. */
  readonly os?: MachineOptions["os"];
  /** Default `"new"`. */
  readonly agent?: MachineOptions["agent"];
}

/** An emulated Tart of its own: a home, and a directory for PATH with the program. */
export interface Emulator extends AsyncDisposable {
  /** TART_HOME. */
  readonly home: string;
  /** The directory to put first in PATH. */
  readonly bin: string;
  /** The program. */
  readonly program: string;
  /** The environment of this process with `TART_HOME` and `PATH` changed, for programs that are to find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Makes an image: a machine that was never started, whose user admin has the password admin. */
  image(options: ImageOptions): Promise<void>;
  /** Changes settings from the next command on; what is not named is as at the start. */
  settings(changes: Partial<EmulatorSettings>): void;
  /**
   * A line for each machine, process, network, stale socket and temporary entry that there is, without the images that
   * `image` made. Empty once everything made with it is gone.
   */
  leftovers(): Promise<string[]>;
}

/**
 * Puts an emulated Tart into a temporary directory. Its disposal ends everything that runs and removes it. Guests need
 * what `whyNoGuests` asks for.
 */
export async function installEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const program = await installProgram(options.settings);
  const home = openHome({ TART_HOME: program.home }, new AbortController().signal);
  if (options.softnet) {
    // Packets are filtered elsewhere; this one is there to be found, to run and to die.
    const softnet = join(program.bin, "softnet");
    writeFileSync(softnet, "#!/bin/sh\nexec cat >/dev/null\n");
    chmodSync(softnet, 0o755);
  }
  return {
    home: program.home,
    bin: program.bin,
    program: join(program.bin, "tart"),
    environment: { ...process.env, ...program.environment },
    settings: program.settings,
    async image({ os = "linux", agent = "new", ...given }) {
      program.image({ os, agent, ...given });
      await ensureDisk(new VmDirectory(imagePath(program.home, given.name)), os);
    },
    async leftovers() {
      const sockets = readSockets();
      const running = localMachines(home).filter((machine) => runnerOf(home, machine, sockets) !== undefined);
      return [
        ...program.leftovers(),
        ...running.map(({ name }) => `running ${name}`),
        ...(await leftGuests(program.home)),
      ];
    },
    async [Symbol.asyncDispose]() {
      // Guests end with the processes that run them, a moment later, and hold the directory until then.
      await program.end();
      while ((await leftGuests(program.home)).length > 0) await setTimeout(POLL_MS);
      await program[Symbol.asyncDispose]();
    },
  };
}
