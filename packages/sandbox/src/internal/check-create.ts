import { stat } from "node:fs/promises";
import { isAbsolute, posix } from "node:path";
import type { Capabilities } from "../contract/capabilities.js";
import { isAtLeast } from "../contract/capabilities.js";
import { SandboxError } from "../contract/error.js";
import type { Lifetime, Limits, Mount, Network } from "../contract/request.js";
import type { CreateOptions, MountOption } from "../create-options.js";
import {
  checkEnvironment,
  checkKeys,
  checkNumber,
  checkPlainGuestPath,
  checkSignal,
  checkText,
  checkTimeout,
  refuse,
  show,
} from "./check.js";

const optionNames = [
  "image",
  "name",
  "env",
  "workdir",
  "user",
  "labels",
  "secrets",
  "mounts",
  "limits",
  "network",
  "ports",
  "lifetime",
  "requires",
  "onEvent",
  "signal",
  "timeoutMs",
] as const satisfies readonly (keyof CreateOptions)[];

/** What was asked for, checked and complete, before ids and owners. */
export interface CheckedCreate {
  image?: string;
  name?: string;
  env: Record<string, string>;
  workdir?: string;
  user?: string;
  labels: Record<string, string>;
  secrets: Record<string, string>;
  mounts: Mount[];
  limits: Limits;
  network: Network;
  ports: number[];
  lifetime: Lifetime;
}

/** Refuses what is not acceptable or not declared. Touches the host's file system only to look for mount sources. */
export async function checkCreate(
  provider: string,
  capabilities: Capabilities,
  options: CreateOptions,
): Promise<CheckedCreate> {
  checkKeys("createSandbox", options, optionNames);
  const { image, name, workdir, user, requires, onEvent } = options;
  const { env = {}, secrets = {}, labels = {}, mounts = [], limits = {} } = options;
  const { network = "open", ports = [], lifetime = "owner" } = options;
  checkSignal("signal", options.signal);
  checkTimeout("timeoutMs", options.timeoutMs);
  if (onEvent !== undefined && typeof onEvent !== "function") {
    refuse("onEvent must be a function.", "Write (event) => { … }.");
  }
  const unsupported = (ability: string, hint: string): never => {
    throw new SandboxError("unsupported", `${provider} cannot ${ability}.`, { hint });
  };

  if (requires !== undefined) checkRequires(provider, capabilities, requires);
  if (image !== undefined) {
    checkText("image", image);
    if (!/^\w[\w./:@-]*$/.test(image)) refuse(`image is ${show(image)}.`, 'Write it like "node:22-slim".');
    if (!capabilities.images) unsupported("choose an image", "Leave image out.");
  }
  if (name !== undefined) {
    checkText("name", name);
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{1,62}$/.test(name)) {
      refuse(
        `name is ${show(name)}.`,
        "Use 2 to 63 letters, digits, _, . and -, and begin with a letter or digit.",
      );
    }
  }
  if (workdir !== undefined) checkPlainGuestPath("workdir", workdir);
  if (user !== undefined) {
    checkUser(user);
    if (!capabilities.users) unsupported("choose a user", "Leave user out.");
  }
  checkEnvironment("env", env);
  checkEnvironment("secrets", secrets);
  for (const each of Object.keys(secrets)) {
    if (each in env) refuse(`${each} is in env and in secrets.`, "Name it in one of the two.");
  }
  return {
    image,
    name,
    env: { ...env },
    workdir,
    user,
    labels: checkLabels(labels),
    secrets: { ...secrets },
    mounts: await checkMounts(mounts, capabilities, unsupported),
    limits: checkLimits(limits, capabilities, unsupported),
    network: checkNetwork(network, capabilities, unsupported),
    ports: checkPorts(ports, capabilities, unsupported),
    lifetime: checkLifetime(lifetime, capabilities, unsupported),
  };
}

type Unsupported = (ability: string, hint: string) => never;

export function checkUser(user: unknown): void {
  checkText("user", user);
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/.test(user)) {
    refuse(
      `user is ${show(user)}.`,
      'Write a name or number, with a group if need be: "node" or "1000:1000".',
    );
  }
}

function checkRequires(provider: string, capabilities: Capabilities, requires: unknown): void {
  checkKeys("requires", requires, ["isolation"]);
  const { isolation } = requires as NonNullable<CreateOptions["requires"]>;
  if (isolation === undefined) return;
  if (!["none", "process", "container", "vm"].includes(isolation)) {
    refuse(`requires.isolation is ${show(isolation)}.`, 'Write "process", "container" or "vm".');
  }
  if (isAtLeast(capabilities.isolation, isolation)) return;
  throw new SandboxError(
    "unsupported",
    `${provider} isolates by "${capabilities.isolation}", and "${isolation}" is required.`,
    { hint: "Choose another engine." },
  );
}

function checkLabels(labels: unknown): Record<string, string> {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    refuse("labels must be an object.", 'Write { "team": "web" }.');
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!/^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/.test(key)) {
      refuse(`A label is named ${show(key)}.`, "Use up to 128 letters, digits, ., _, / and -.");
    }
    if (key.startsWith("dev.nanoclaw."))
      refuse(`The label ${show(key)} is reserved.`, "Choose another prefix.");
    checkText(`labels.${key}`, value);
    if (value.length > 4096) refuse(`labels.${key} is longer than 4096 characters.`, "Shorten it.");
  }
  return { ...labels } as Record<string, string>;
}

async function checkMounts(
  mounts: unknown,
  capabilities: Capabilities,
  unsupported: Unsupported,
): Promise<Mount[]> {
  if (!Array.isArray(mounts)) refuse("mounts must be an array.", "Write [{ source, target }].");
  const checked: Mount[] = [];
  for (const [index, mount] of (mounts as MountOption[]).entries()) {
    const what = `mounts[${index}]`;
    checkKeys(what, mount, ["source", "target", "readOnly"]);
    const { source, target, readOnly = true } = mount;
    checkText(`${what}.source`, source);
    if (!isAbsolute(source)) {
      refuse(
        `${what}.source must be an absolute path on the host, not ${show(source)}.`,
        "Use path.resolve.",
      );
    }
    if (/[\n\r]/.test(source)) refuse(`${what}.source has a line end in it.`, "Rename the directory.");
    checkPlainGuestPath(`${what}.target`, target);
    if (typeof readOnly !== "boolean")
      refuse(`${what}.readOnly is ${show(readOnly)}.`, "Write true or false.");
    const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
      throw new SandboxError(
        "invalid_argument",
        `${what}.source ${show(source)} cannot be used: ${cause.code}.`,
        {
          cause,
          hint: "Make it first, or correct the path.",
        },
      );
    });
    const { directories, files, readOnly: modes, nested } = capabilities.mounts;
    if (found.isDirectory() && !directories) unsupported("mount directories", "Use files.upload.");
    if (!found.isDirectory() && !files)
      unsupported("mount a single file", "Mount its directory, or use files.write.");
    if (!found.isDirectory() && !found.isFile() && !found.isSocket()) {
      refuse(`${what}.source is neither a directory nor a file.`, "Mount a directory or a file.");
    }
    if (readOnly && !modes) unsupported("mount read-only", "Say readOnly: false if the guest may write.");
    const clean = posix.normalize(target).replace(/\/$/, "");
    if (clean === "") refuse(`${what}.target is the root of the guest.`, "Choose a directory below it.");
    const twice = checked.find((each) => each.target === clean);
    if (twice) refuse(`The target ${show(clean)} is there twice.`, "Leave one of the two mounts out.");
    const around = checked.some((each) => inside(each.target, clean) || inside(clean, each.target));
    if (around && !nested) unsupported("nest mounts", "Choose targets that do not contain each other.");
    checked.push({ source, target: clean, readOnly });
  }
  return checked;
}

function inside(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

function checkLimits(limits: unknown, capabilities: Capabilities, unsupported: Unsupported): Limits {
  const names = ["cpuCount", "memoryMiB", "diskGiB", "pidCount"] as const;
  checkKeys("limits", limits, names);
  const given = limits as Limits;
  const rules = {
    cpuCount: { least: 0.01 },
    memoryMiB: { least: 6, whole: true },
    diskGiB: { least: 0.01 },
    pidCount: { least: 16, whole: true },
  };
  for (const name of names) {
    if (given[name] === undefined) continue;
    checkNumber(`limits.${name}`, given[name], rules[name]);
    if (!capabilities.limits[name]) {
      unsupported(`limit ${name} here`, "Leave the limit out, or choose an engine that has it.");
    }
  }
  return { ...given };
}

function checkNetwork(network: unknown, capabilities: Capabilities, unsupported: Unsupported): Network {
  if (typeof network === "object" && network !== null) {
    checkKeys("network", network, ["allow"]);
    const { allow } = network as { allow: unknown };
    if (!Array.isArray(allow) || allow.some((each) => typeof each !== "string")) {
      refuse("network.allow must be an array of host names.", 'Write { allow: ["registry.example"] }.');
    }
    if (!capabilities.network.allow) {
      unsupported("allow single hosts", 'Use network: "none", or "open" with a firewall of yours.');
    }
    return network as Network;
  }
  if (network !== "open" && network !== "none") {
    refuse(`network is ${show(network)}.`, 'Write "open" or "none".');
  }
  if (!capabilities.network[network])
    unsupported(`give a network that is ${network}`, "Choose another network.");
  return network;
}

function checkPorts(ports: unknown, capabilities: Capabilities, unsupported: Unsupported): number[] {
  if (!Array.isArray(ports)) refuse("ports must be an array of numbers.", "Write [3000].");
  for (const port of ports) checkPort(port);
  if (new Set(ports).size < ports.length) refuse("ports names a port twice.", "Name each port once.");
  if (ports.length > 0 && capabilities.ports === "never") unsupported("open ports", "Leave ports out.");
  return [...ports];
}

export function checkPort(port: unknown): asserts port is number {
  checkNumber("A port", port, { least: 1, most: 65_535, whole: true });
}

function checkLifetime(lifetime: unknown, capabilities: Capabilities, unsupported: Unsupported): Lifetime {
  if (lifetime === "owner") return lifetime;
  if (typeof lifetime !== "object" || lifetime === null) {
    refuse(`lifetime is ${show(lifetime)}.`, 'Write "owner" or { ttlMs: 3_600_000 }.');
  }
  checkKeys("lifetime", lifetime, ["ttlMs"]);
  checkTtl((lifetime as { ttlMs: unknown }).ttlMs);
  if (!capabilities.keep) unsupported("outlive its owner", 'Use lifetime: "owner".');
  return lifetime as Lifetime;
}

/** A year at most: a sandbox that nobody will come back for must end some day. */
export function checkTtl(ttlMs: unknown): asserts ttlMs is number {
  checkNumber("ttlMs", ttlMs, { least: 1_000, most: 365 * 24 * 3_600_000 });
}
