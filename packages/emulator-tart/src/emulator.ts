import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { claimDirectory, executableIn } from "./claimed-directory.js";
import { type ImageOptions, makeImage } from "./images.js";
import { endAll, processesOf } from "./processes.js";
import { type EmulatorSettings, settingsOf } from "./store/settings.js";

/** An installation of the emulated program in a temporary directory of its own. */
export interface TartEmulator extends AsyncDisposable {
  /** `TART_HOME`. */
  readonly home: string;
  /** The directory with the executable `tart`. */
  readonly bin: string;
  /** What makes a program use this installation: `TART_HOME`, and a `PATH` that begins with `bin`. */
  readonly environment: NodeJS.ProcessEnv;
  image(options: ImageOptions): void;
  /** Changes how it behaves from the next command on; what is not named is as at the start. */
  settings(settings: Partial<EmulatorSettings>): void;
  /** A line for each thing that tests have left: machines but for images, processes, unfinished copies. */
  leftovers(): string[];
  /** Kills every process of it; returns when they are gone. */
  end(): Promise<void>;
}

/**
 * Installs the emulator. Disposal ends every process of it and removes all; what a killed process did not dispose of
 * goes with the next installation.
 */
export async function installEmulator(settings: Partial<EmulatorSettings> = {}): Promise<TartEmulator> {
  const root = await claimDirectory();
  const home = join(root.path, "home");
  const executable = executableIn(root.path);
  const bin = dirname(executable);
  for (const directory of [bin, join(home, "vms"), join(home, "tmp")])
    mkdirSync(directory, { recursive: true });
  symlinkSync(fileURLToPath(new URL("../dist/tart.js", import.meta.url)), executable);
  const images = new Set<string>();
  const change = (changed: Partial<EmulatorSettings>) => {
    const all = { ...settings, ...changed };
    settingsOf(all);
    // Commands that start at this moment read the old settings or the new ones.
    const file = join(home, "emulator.json");
    writeFileSync(`${file}.new`, JSON.stringify(all));
    renameSync(`${file}.new`, file);
  };
  change({});
  return {
    home,
    bin,
    environment: { TART_HOME: home, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
    image(options) {
      makeImage(home, options);
      images.add(options.name);
    },
    settings: change,
    leftovers: () => leftoversIn(home, executable, images),
    end: () => endAll(executable),
    [Symbol.asyncDispose]: () => root.release(),
  };
}

function leftoversIn(home: string, executable: string, images: ReadonlySet<string>): string[] {
  const machines = entriesOf(join(home, "vms")).filter((name) => !images.has(name));
  return [
    ...machines.map((name) => `machine ${name}`),
    ...entriesOf(join(home, "tmp")).map((name) => `unfinished ${name}`),
    ...processesOf(executable).map(({ pid, command }) => `process ${pid}: ${command}`),
  ];
}

function entriesOf(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
