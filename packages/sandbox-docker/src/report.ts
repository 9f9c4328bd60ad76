import type { EngineReport } from "@nanoclaw/sandbox/adapter";
import { type EngineFacts, isPodman } from "./facts.js";

type Problem = EngineReport["problems"][number];

/** What `sandbox doctor` shows of an engine that answers. */
export function reportOf(endpoint: string, facts: EngineFacts): EngineReport {
  const { version, info } = facts;
  const backing = info.DriverStatus?.find(([name]) => name === "Backing Filesystem")?.[1];
  const details: Record<string, string | undefined> = {
    engine: isPodman(facts) ? "Podman" : "Docker",
    api: version.ApiVersion,
    system: [info.OperatingSystem, version.KernelVersion, version.Arch].filter(Boolean).join(", "),
    storage: backing ? `${info.Driver} on ${backing}` : info.Driver,
    runtime: info.DefaultRuntime,
    // Podman lists every runtime that its configuration has a path for, installed or not.
    ...(isPodman(facts) ? {} : { runtimes: Object.keys(info.Runtimes ?? {}).join(", ") }),
    cgroups: [info.CgroupVersion && `v${info.CgroupVersion}`, info.CgroupDriver].filter(Boolean).join(", "),
    security: info.SecurityOptions?.map((option) => option.replace(/^name=/, "")).join("; "),
    rootless: isRootless(facts) ? "yes" : "no",
  };
  return {
    // An engine that lacks something is reported, and used; one of another kind cannot be.
    available: info.OSType === undefined || info.OSType === "linux",
    endpoint,
    problems: problemsOf(facts),
    details: Object.fromEntries(
      Object.entries(details).filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
    ...(version.Version === undefined ? {} : { version: version.Version }),
  };
}

function isRootless({ info }: EngineFacts): boolean {
  return info.Rootless ?? info.SecurityOptions?.some((option) => option.includes("rootless")) ?? false;
}

function problemsOf({ version, info }: EngineFacts): Problem[] {
  const problems: Problem[] = [];
  if (info.OSType !== undefined && info.OSType !== "linux") {
    problems.push({
      message: `The engine runs ${info.OSType} containers.`,
      hint: "Switch it to Linux containers.",
    });
  }
  if (version.ApiVersion !== undefined && isOlder(version.ApiVersion, "1.41")) {
    problems.push({
      message: `The engine's API is ${version.ApiVersion}, and 1.41 is needed.`,
      hint: "Update to Docker 20.10 or Podman 4 at least.",
    });
  }
  const lacking = (
    [
      ["memoryMiB", info.MemoryLimit],
      ["memoryMiB (swap)", info.SwapLimit],
      ["cpuCount", info.CpuCfsQuota],
      ["pidCount", info.PidsLimit],
    ] as const
  ).filter(([, there]) => there === false);
  if (lacking.length > 0) {
    problems.push({
      message: `The engine cannot enforce ${lacking.map(([limit]) => limit).join(", ")}.`,
      hint: "Rootless engines need cgroup v2 with delegated controllers. Without them such limits are refused.",
    });
  }
  return problems;
}

function isOlder(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
