import type { Parsed } from "@nanoclaw/emulator-base";
import { ContainerFailure } from "../failures.js";
import { logLine } from "../output/print.js";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Macs with Apple silicon alone are supported. */
const HOST_ARCHITECTURE = "arm64";

/** `linux/arm64/v8` and `linux/arm64` are the same. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  const isDefault = variant === undefined || (architecture === "arm64" && variant === "v8");
  return [os, architecture, ...(isDefault ? [] : [variant])].join("/");
}

function parsePlatform(text: string): Platform | undefined {
  const [os = "", architecture = "", variant, ...others] = text.split("/");
  if (os === "" || architecture === "" || others.length > 0) return undefined;
  return { os, architecture: canonical(architecture), ...(variant && { variant }) };
}

/** The platform that options and the environment ask for; undefined where they say nothing. */
export function askedPlatform(parsed: Parsed, environment: NodeJS.ProcessEnv): Platform | undefined {
  const text = parsed.optionalText("platform");
  if (text !== undefined) {
    return parsePlatform(text) ?? fail(`invalid platform: ${text}`);
  }
  const architecture = parsed.optionalText("arch");
  const os = parsed.optionalText("os");
  // The environment stands for what is not said.
  const standard = defaultPlatform(environment);
  if (architecture === undefined && (os === undefined || os === "linux")) return standard;
  return {
    os: os ?? standard?.os ?? "linux",
    architecture: canonical(architecture ?? standard?.architecture ?? HOST_ARCHITECTURE),
  };
}

/** The host's own, where nothing else is asked for. */
export const hostPlatform: Platform = { os: "linux", architecture: HOST_ARCHITECTURE };

function defaultPlatform(environment: NodeJS.ProcessEnv): Platform | undefined {
  const text = environment.CONTAINER_DEFAULT_PLATFORM;
  if (text === undefined || text === "") return undefined;
  const platform = parsePlatform(text);
  if (platform !== undefined) logLine(`using platform ${text} of CONTAINER_DEFAULT_PLATFORM`);
  return platform ?? fail(`invalid platform "${text}" in CONTAINER_DEFAULT_PLATFORM environment variable`);
}

function canonical(architecture: string): string {
  const others: Readonly<Record<string, string>> = { aarch64: "arm64", x86_64: "amd64", "x86-64": "amd64" };
  return others[architecture] ?? architecture;
}

function fail(message: string): never {
  throw new ContainerFailure("invalidArgument", message);
}
