import type { CreateOptions, SandboxProvider } from "@nanoclaw/sandbox";
import type { Capabilities, Recovery } from "@nanoclaw/sandbox/adapter";

/** `suite`: every check, in about a minute. `full`: also the gigabytes and the long series. */
export type Scale = "suite" | "full";

/** An engine to check, with what the checks cannot find out by themselves. */
export interface Target {
  /** For titles and reports. */
  readonly name: string;
  readonly provider: () => SandboxProvider;
  /** Used for every sandbox: the image, for instance. Its guest needs a POSIX shell. Default: none. */
  readonly create?: CreateOptions;
  /** A user of the guest other than its default one. Default: the checks of another user skip. */
  readonly otherUser?: string;
  /** Variables that the image itself sets, beside the usual ones (`PATH`, `HOME` …). Default: none. */
  readonly imageEnvironment?: readonly string[];
  /**
   * Makes the same provider in a fresh Node process. Default: the provider's `recovery`; without either, the
   * checks that kill an owner or attach from another process skip.
   */
  readonly providerModule?: Recovery;
  /** All that the engine has on record, as text, searched for secrets: `docker inspect`, logs … Default: none. */
  readonly engineRecords?: (sandboxId: string) => Promise<string>;
  /** Directories of the host in which the engine or its adapter writes, searched for secrets. Default: none. */
  readonly hostDirectories?: () => readonly string[];
  /**
   * What can be seen of sandboxes on the host by other means than the adapter's own `list`: containers,
   * directories, control groups, one line each. Compared before and after. Default: none.
   */
  readonly leftovers?: () => Promise<readonly string[]>;
  /** Every process of the host with its arguments, as text. Default: read from `/proc` on Linux, else by `ps`. */
  readonly processTable?: () => Promise<string>;
  /** A provider whose engine accepts calls and never answers. Default: that check skips. */
  readonly wedged?: () => Promise<{ readonly provider: SandboxProvider; close(): Promise<void> }>;
}

/** Shared by the conditions of several checks. */
export const needs = {
  /** The guest must not see, and so not kill, the host's processes. */
  ownProcesses: ({ isolation }: Capabilities): true | string =>
    isolation !== "none" || "with isolation none the guest's processes are the host's",
  ownFiles: ({ isolation }: Capabilities): true | string =>
    isolation !== "none" || "with isolation none the guest's files are the host's",
  providerModule: (_: Capabilities, target: Target): true | string =>
    providerModule(target) !== undefined || "the provider tells no module that makes it in another process",
  otherUser: ({ users }: Capabilities, { otherUser }: Target): true | string => {
    if (!users) return "users is not declared";
    return otherUser !== undefined || "the target names no other user";
  },
};

export function providerModule(target: Target): Recovery | undefined {
  return target.providerModule ?? target.provider().recovery;
}

/** `true`, or the first reason why not. */
export function all(...conditions: (true | string)[]): true | string {
  return conditions.find((condition) => condition !== true) ?? true;
}
