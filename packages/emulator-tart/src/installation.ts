import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endAll, leftoversOf } from "./leftovers.js";
import { openHome, type TartHome } from "./store/home.js";
import { registryPath, writeDigest } from "./store/registry.js";
import { parseRemoteName } from "./store/remote-name.js";
import { type EmulatorSettings, settingsOf } from "./store/settings.js";
import { type GuestOs, newConfig, writeConfig } from "./store/vm-config.js";
import { type AgentGeneration, localDirectory, makeSparse, VmDirectory } from "./store/vm-directory.js";
import { ensureDisk } from "./vm/machine.js";

export interface EmulatorOptions {
  /** Whether `softnet` is to be found in PATH. Default false. */
  readonly softnet?: boolean;
  /** See `EmulatorSettings`. Default none. */
  readonly settings?: Partial<EmulatorSettings>;
}

export interface ImageOptions {
  /** A local machine, or an image that its registry offers: `ghcr.io/cirruslabs/ubuntu:latest`. */
  readonly name: string;
  /** Default `"linux"`. */
  readonly os?: GuestOs;
  /** Default `"new"`. */
  readonly agent?: AgentGeneration;
  /** GB. Default 20 for Linux, 50 for macOS. */
  readonly diskSize?: number;
}

/** An emulated Tart of its own: a home, and a directory for PATH with the program. */
export interface Emulator extends AsyncDisposable {
  /** TART_HOME. */
  readonly home: string;
  /** The directory to put first in PATH. */
  readonly binDirectory: string;
  /** The program. */
  readonly program: string;
  /** The environment of this process with `TART_HOME` and `PATH` changed, for programs that are to find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Makes an image: a machine that was never started, whose user admin has the password admin. */
  image(options: ImageOptions): Promise<void>;
  /** Changes settings; those that are not named stay. */
  settings(changes: Partial<EmulatorSettings>): void;
  /**
   * A line for each machine, image in the cache, process, network, socket and temporary entry that there is, without
   * the images that `image` made. Empty once everything made with it is gone.
   */
  leftovers(): Promise<string[]>;
}

/** Puts an emulated Tart into a temporary directory. Its disposal ends everything that runs and removes it. */
export async function installEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "tart-"));
  const [path, binDirectory] = [join(directory, "home"), join(directory, "bin")];
  const program = fileURLToPath(new URL("../dist/tart.js", import.meta.url));
  mkdirSync(binDirectory);
  writeProgram(join(binDirectory, "tart"), `exec '${process.execPath}' '${program}' "$@"`);
  // Packets are filtered elsewhere; this one is there to be found, to run and to die.
  if (options.softnet) writeProgram(join(binDirectory, "softnet"), "exec cat >/dev/null");
  const home = openHome({ TART_HOME: path }, new AbortController().signal);
  let settings: Partial<EmulatorSettings> = {};
  const images = new Set<string>();

  const change = (changes: Partial<EmulatorSettings>) => {
    settings = { ...settings, ...changes };
    settingsOf(settings);
    writeFileSync(join(path, "emulator.json"), JSON.stringify(settings));
  };
  change(options.settings ?? {});
  return {
    home: path,
    binDirectory,
    program: join(binDirectory, "tart"),
    environment: {
      ...process.env,
      TART_HOME: path,
      PATH: `${binDirectory}${delimiter}${process.env.PATH ?? ""}`,
    },
    image: async (image) => {
      await makeImage(home, image);
      images.add(image.name);
    },
    settings: change,
    leftovers: () => leftoversOf(home, images),
    async [Symbol.asyncDispose]() {
      await endAll(home);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeProgram(path: string, line: string): void {
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}

async function makeImage(home: TartHome, options: ImageOptions): Promise<void> {
  const { name, os = "linux", agent = "new", diskSize = os === "linux" ? 20 : 50 } = options;
  const remote = parseRemoteName(name);
  const machine =
    remote === undefined ? localDirectory(home, name) : new VmDirectory(registryPath(home, remote));
  mkdirSync(machine.path, { recursive: true });
  writeConfig(machine.config, newConfig(os));
  writeFileSync(machine.nvram, "");
  makeSparse(machine.disk, diskSize * 1e9);
  writeFileSync(machine.contents, JSON.stringify({ agent }));
  await ensureDisk(machine, os);
  if (remote !== undefined) writeDigest(machine, name);
}
