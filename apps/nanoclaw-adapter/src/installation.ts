import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** One checkout of NanoClaw with its data. Several may run on one machine and know nothing of each other. */
export interface Installation {
  /** Absolute path of the project. */
  readonly root: string;
  /** The first 8 hexadecimal digits of the SHA-1 of the root, as NanoClaw itself labels its containers (`nanoclaw.md §2.3`). */
  readonly slug: string;
  /** `groups/<folder>` is what a group's agent can write to. */
  readonly groupsDirectory: string;
  readonly dataDirectory: string;
  /**
   * What this adapter keeps of the installation: queue, runs, metrics. Outside of the project, whose main group sees
   * it. Default: `$XDG_STATE_HOME/nanoclaw-sandbox/<slug>`, which is in `~/.local/state`.
   */
  readonly stateDirectory: string;
  /**
   * Where policy and mount allow-list are, which no sandbox ever sees. Default: `$XDG_CONFIG_HOME/nanoclaw`, that is
   * `~/.config/nanoclaw`, as NanoClaw's own allow-list (`nanoclaw.md §1.3`).
   */
  readonly configDirectory: string;
}

export interface InstallationOptions {
  /** Default: the working directory, which is where NanoClaw looks for its own. */
  readonly root?: string;
  readonly stateDirectory?: string;
  readonly configDirectory?: string;
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export function installationAt(options: InstallationOptions = {}): Installation {
  const { environment = process.env } = options;
  const root = resolve(options.root ?? process.cwd());
  const slug = createHash("sha1").update(root).digest("hex").slice(0, 8);
  const home = environment.HOME || homedir();
  const stateHome = environment.XDG_STATE_HOME || join(home, ".local", "state");
  const configHome = environment.XDG_CONFIG_HOME || join(home, ".config");
  return {
    root,
    slug,
    groupsDirectory: join(root, "groups"),
    dataDirectory: join(root, "data"),
    stateDirectory: options.stateDirectory ?? join(stateHome, "nanoclaw-sandbox", slug),
    configDirectory: options.configDirectory ?? join(configHome, "nanoclaw"),
  };
}
