import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { leftGuests } from "@nanoclaw/emulator-base";
import { type TestImageName, testImages, unpackImage } from "@nanoclaw/test-engines";
import { controlGroupsOf, removeControlGroups } from "./container/control-groups.js";
import { removeAbandoned } from "./installation/abandoned.js";
import { endProcesses, processesWith } from "./installation/processes.js";
import { own } from "./service/owner.js";
import { diskUse } from "./state/disk-use.js";
import { describeImage, type ImageConfig, localImages, registryImages } from "./state/images.js";
import { type EmulatorSettings, settingsOf } from "./state/settings.js";

const POLL_MS = 10;
const DIRECTORY_PREFIX = "ncapple-";

export interface ContainerEmulatorOptions {
  /** Settings that differ from the defaults of `EmulatorSettings`. Default none. */
  readonly settings?: Partial<EmulatorSettings>;
}

export interface EmulatedImageOptions {
  /** Whose files and settings it has. */
  readonly name: TestImageName;
  /** Default: that of the test image, `nanoclaw-test/busybox:1`. */
  readonly reference?: string;
  /** `"registry"`: to be pulled. Default `"local"`. */
  readonly place?: "local" | "registry";
  /** What the image says of itself, over the test image's own. Default none. */
  readonly config?: ImageConfig;
}

/** An emulated installation of Apple's `container`, in a temporary directory of its own. */
export interface ContainerEmulator extends AsyncDisposable {
  /** CONTAINER_EMULATOR_HOME: its app root. */
  readonly home: string;
  /** The directory to put first in PATH. */
  readonly bin: string;
  /** The program. */
  readonly program: string;
  /** The environment of this process with `CONTAINER_EMULATOR_HOME` and `PATH` changed. */
  readonly environment: NodeJS.ProcessEnv;
  /** Makes an image of one of the test images. */
  image(options: EmulatedImageOptions): Promise<void>;
  /** Changes settings from the next command on; what is not named is as at the start. */
  settings(changes: Partial<EmulatorSettings>): void;
  /** A line for each container, process and network that there is, but for the service itself. */
  leftovers(): Promise<string[]>;
}

/**
 * Installs the emulator; the service is not started. Everything ends with its disposal, or with this process, however
 * that ends. Containers need what `whyNoGuests` asks for.
 */
export async function installContainer(options: ContainerEmulatorOptions = {}): Promise<ContainerEmulator> {
  await removeAbandoned(tmpdir(), DIRECTORY_PREFIX);
  // A short path: those of sockets inside may have 104 bytes.
  const root = mkdtempSync(join(tmpdir(), DIRECTORY_PREFIX));
  const home = join(root, "home");
  const owner = await own(home);
  const bin = join(root, "bin");
  const program = join(bin, "container");
  for (const directory of [home, bin]) mkdirSync(directory);
  symlinkSync(fileURLToPath(new URL("../dist/container.js", import.meta.url)), program);
  const change = (changes: Partial<EmulatorSettings>) =>
    writeSettings(home, { ...options.settings, ...changes });
  change({});
  return {
    home,
    bin,
    program,
    environment: {
      ...process.env,
      CONTAINER_EMULATOR_HOME: home,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    },
    image: (image) => makeImage(root, home, image),
    settings: change,
    async leftovers() {
      const containers = join(home, "containers");
      return [
        ...(existsSync(containers) ? readdirSync(containers).map((id) => `container ${id}`) : []),
        ...processesWith(program).map(({ pid, command }) => `process ${pid} ${command}`),
        ...(await leftGuests(home)),
        ...controlGroupsOf(home).map((directory) => `control group ${directory}`),
      ];
    },
    async [Symbol.asyncDispose]() {
      owner.release();
      await endProcesses(program);
      await endProcesses(home);
      while ((await leftGuests(home)).length > 0) await delay(POLL_MS);
      await removeControlGroups(controlGroupsOf(home));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Commands that start at this moment read the old settings or the new ones. */
function writeSettings(home: string, settings: Partial<EmulatorSettings>): void {
  settingsOf(settings);
  const file = join(home, "emulator.json");
  writeFileSync(`${file}.new`, JSON.stringify(settings));
  renameSync(`${file}.new`, file);
}

async function makeImage(root: string, home: string, options: EmulatedImageOptions): Promise<void> {
  const { name, place = "local", reference = testImages[name].reference } = options;
  const files = join(root, "images", name);
  if (!existsSync(files)) await unpackImage(name, files);
  const { Env, Cmd, Entrypoint, User, WorkingDir } = testImages[name].config;
  const image = describeImage({
    reference,
    rootFileSystem: files,
    size: await diskUse(files),
    config: {
      Env,
      Cmd,
      ...(Entrypoint && { Entrypoint }),
      ...(User && { User }),
      ...(WorkingDir && { WorkingDir }),
      ...options.config,
    },
  });
  (place === "local" ? localImages(home) : registryImages(home)).put(image.reference, image);
}
