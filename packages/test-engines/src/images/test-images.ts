import type { LayerName } from "./layers.js";

/** The images that tests and benchmarks use. Each is built on this host, from Debian's packages. */
export type TestImageName = "busybox" | "dash" | "bash" | "no-shell" | "configured" | "node" | "agent";

export interface TestImage {
  /** The name and tag in the engine. */
  readonly reference: string;
  readonly layers: readonly LayerName[];
  /** The image's own settings, as the Docker Engine API names them. */
  readonly config: ImageConfig;
}

interface ImageConfig {
  readonly Env: readonly string[];
  readonly Cmd: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[];
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
  readonly Healthcheck?: {
    readonly Test: readonly string[];
    /** Nanoseconds. */
    readonly Interval: number;
  };
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const testImages: Readonly<Record<TestImageName, TestImage>> = {
  /** busybox and its links, 2 MB; `sh` is ash. */
  busybox: image("busybox", ["busybox"], { Env: [PATH], Cmd: ["sh"] }),

  /** A small Debian; `sh` is dash. With bash, coreutils, findutils, procps, util-linux, tar, gzip, grep, sed, awk. */
  dash: image("dash", ["debian"], { Env: [PATH], Cmd: ["sh"] }),

  /** The same Debian; `sh` is bash. */
  bash: image("bash", ["debian", "sh-is-bash"], { Env: [PATH], Cmd: ["sh"] }),

  /** No shell by any name; cat, echo, env, sleep and true are all the programs that there are. */
  "no-shell": image("no-shell", ["no-shell"], { Env: [PATH], Cmd: ["true"] }),

  /**
   * Debian with everything set that an image can set: the user `agent` (1000:1000, home /home/agent), a working
   * directory, an entry point that prints "entry point" to stderr and runs its arguments, a volume, a health check.
   */
  configured: image("configured", ["debian", "configured"], {
    Env: [PATH, "GREETING=hello from the image", "LANG=C.UTF-8"],
    Cmd: ["sh"],
    User: "agent",
    WorkingDir: "/home/agent/work",
    Entrypoint: ["/usr/local/bin/entry-point"],
    Volumes: { "/data": {} },
    Healthcheck: { Test: ["CMD", "true"], Interval: 30_000_000_000 },
  }),

  /** Debian with this host's Node.js, for realistic measurements. Over 100 MB. */
  node: image("node", ["debian", "node"], { Env: [PATH], Cmd: ["node"] }),

  /** Debian with this host's SQLite, set like an image of NanoClaw's: what it runs is in a directory that is mounted. */
  agent: image("agent", ["debian", "sqlite"], {
    Env: [PATH],
    Cmd: [],
    WorkingDir: "/workspace/group",
    Entrypoint: ["/bin/sh", "/app/src/agent.sh"],
  }),
};

/** What an engine gets when nothing is said: all but the large one and the one that needs a further program. */
export const DEFAULT_IMAGES: readonly TestImageName[] = ["busybox", "dash", "bash", "no-shell", "configured"];

function image(name: TestImageName, layers: readonly LayerName[], config: ImageConfig): TestImage {
  return { reference: `nanoclaw-test/${name}:1`, layers, config };
}
