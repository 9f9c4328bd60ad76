import type { Limits } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import type { Bind } from "../mounts/mount-plan.js";
import { checkBinds } from "./check-binds.js";
import { type Call, printable } from "./flags.js";
import { type GroupOfRun, groupOfRun } from "./group-of-run.js";
import { Refusal } from "./refusal.js";
import { parseVolume } from "./volume.js";

export type RunCall = Extract<Call, { command: "run" }>;

/** What a `docker run` of NanoClaw asks for. */
export interface RunRequest extends GroupOfRun {
  readonly name: string;
  readonly image: string;
  readonly interactive: boolean;
  /** Instead of the image's own. */
  readonly entrypoint?: string;
  readonly words: readonly string[];
  readonly binds: readonly Bind[];
  /** Never in a message: some are secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `uid:gid` */
  readonly user?: string;
  readonly limits: Limits;
  /** Least size of `/dev/shm`. */
  readonly sharedMemoryMiB?: number;
}

/** Names of containers as Docker takes them, short enough for what this adapter keeps. */
const validName = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,127}$/;

/** @throws Refusal before anything is made. */
export async function runRequest(call: RunCall, installation: Installation): Promise<RunRequest> {
  const { flags, image, words } = call;
  const { name } = flags;
  if (name === undefined || !validName.test(name)) {
    throw new Refusal("docker run: --name is missing, or no name of a container.", {
      hint: "NanoClaw gives every container a name of letters, digits, _, . and -.",
    });
  }
  if (!flags.rm) {
    throw new Refusal("docker run: without --rm the container would stay, and sandboxes never do.", {
      hint: "Add --rm.",
    });
  }
  if (!/^\w[\w./:@-]*$/.test(image)) throw new Refusal(`docker run: ${printable(image)} is no image.`);
  checkHardening(flags);
  const binds = (flags.volume ?? []).map(parseVolume);
  const labels = parsePairs("--label", flags.label ?? []);
  const group = await groupOfRun(name, binds, labels, installation);
  await checkBinds(binds, installation);
  return {
    ...group,
    name,
    image,
    interactive: flags.interactive ?? false,
    entrypoint: flags.entrypoint,
    words,
    binds,
    env: parseEnvironment(flags.env ?? []),
    labels,
    user: parseUser(flags.user),
    limits: {
      cpuCount: positive("--cpus", flags.cpus),
      memoryMiB: mebibytes("--memory", flags.memory),
      pidCount: positive("--pids-limit", flags["pids-limit"]),
    },
    sharedMemoryMiB: mebibytes("--shm-size", flags["shm-size"]),
  };
}

/** Every adapter does these anyway (docs/nanoclaw/shim.md); other values it could not. */
function checkHardening(flags: RunCall["flags"]): void {
  const only = (
    flag: string,
    values: readonly string[] | undefined,
    accepted: readonly string[],
    hint: string,
  ) => {
    const other = values?.find((value) => !accepted.includes(value));
    if (other !== undefined)
      throw new Refusal(`docker run: ${flag} ${printable(other)} cannot be done.`, { hint });
  };
  only("--cap-drop", flags["cap-drop"], ["ALL", "all"], "--cap-drop=ALL is what every sandbox has.");
  const securityOptions = ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"];
  only(
    "--security-opt",
    flags["security-opt"],
    securityOptions,
    "no-new-privileges is what every sandbox has.",
  );
  only(
    "--add-host",
    flags["add-host"],
    ["host.docker.internal:host-gateway"],
    "Only host.docker.internal:host-gateway is known; the name is replaced by the address in values of variables.",
  );
  if (flags.network === undefined) return;
  throw new Refusal(`docker run: there is no network ${printable(flags.network)} of Docker's here.`, {
    hint: 'The policy tells a group\'s network: "network": "none" or "open". Leave NANOCLAW_EGRESS_LOCKDOWN unset.',
  });
}

function parsePairs(flag: string, texts: readonly string[]): Record<string, string> {
  const pairs: [string, string][] = texts.map((text) => {
    const equals = text.indexOf("=");
    return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
  });
  if (pairs.some(([name]) => name === ""))
    throw new Refusal(`docker run: ${flag} has a value without a name.`);
  return Object.fromEntries(pairs);
}

/** `NAME=VALUE`, or `NAME` alone for the value that this process has. */
function parseEnvironment(texts: readonly string[]): Record<string, string> {
  const given = texts.flatMap((text) => {
    if (text.includes("=")) return [text];
    const value = process.env[text];
    return value === undefined ? [] : [`${text}=${value}`];
  });
  const environment = parsePairs("--env", given);
  const odd = Object.keys(environment).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (odd !== undefined) {
    throw new Refusal(`docker run: --env ${printable(odd)} is no name of a variable.`, {
      hint: "Letters, digits and _, and no digit first.",
    });
  }
  return environment;
}

function parseUser(text: string | undefined): string | undefined {
  if (text === undefined || /^\d+:\d+$/.test(text)) return text;
  throw new Refusal(`docker run: --user ${printable(text)} is not UID:GID.`, {
    hint: "NanoClaw passes numbers.",
  });
}

function positive(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new Refusal(`docker run: ${flag} ${printable(text)} is no number above 0.`, {
    hint: "What has no limit is left out.",
  });
}

/** Docker's sizes: a number, and b, k, m or g. */
function mebibytes(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = "", unit = "b"] = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i.exec(text) ?? [];
  const bytes = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 0;
  const size = Math.floor((Number(digits) * bytes) / 1024 ** 2);
  if (size > 0) return size;
  throw new Refusal(`docker run: ${flag} ${printable(text)} is no size of at least 1 MiB.`, {
    hint: "Write it like 512m or 2g.",
  });
}
