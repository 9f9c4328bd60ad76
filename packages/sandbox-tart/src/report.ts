import { cpus } from "node:os";
import { type EngineReport, SandboxError } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";
import { diskProblem, freeSpace } from "./disk-space.js";
import type { Tart } from "./engine.js";
import { remoteImage } from "./names.js";
import type { Settings } from "./options.js";
import { softnetFacts, softnetProblem } from "./softnet.js";
import { judgeVersion } from "./versions.js";
import { type ListedVm, localVm } from "./vm-list.js";

type Problem = EngineReport["problems"][number];

const leaseFile = "/Library/Preferences/SystemConfiguration/com.apple.InternetSharing.default.plist";
/** What macOS gives without a setting, in seconds. */
const defaultLease = 86_400;

/** Whether virtual machines can be made here, and what a person should know before. */
export async function reportOf(tart: Tart, settings: Settings, signal: AbortSignal): Promise<EngineReport> {
  const macOS = await macOSVersion(signal);
  let version: string | undefined;
  let rows: ListedVm[];
  try {
    version = await tart.version(signal);
    rows = await tart.list(signal);
  } catch (error) {
    if (signal.aborted || !SandboxError.is(error)) throw error;
    const { message, hint } = error;
    const problem = hint === undefined ? { message } : { message, hint };
    const known = version === undefined ? {} : { version };
    return {
      available: false,
      endpoint: tart.program,
      problems: [problem, ...hostProblems()],
      details: {},
      ...known,
    };
  }
  const { usable, problems } = judgeVersion(version, macOS);
  const softnet = softnetFacts();
  const freeGiB = await freeSpace(tart.home);
  const lease = process.platform === "darwin" ? await leaseTime(signal) : undefined;
  const imageThere = hasImage(rows, settings.defaultImage);
  const found: (Problem | undefined)[] = [
    ...hostProblems(),
    ...problems,
    softnetProblem(softnet),
    diskProblem({ name: settings.defaultImage, there: imageThere }, freeGiB),
    imageThere ? undefined : missingImage(settings.defaultImage),
    lease === undefined || lease <= 3_600
      ? undefined
      : {
          message: `DHCP leases last ${lease} s, and there are some 250 of them: many sandboxes a day use them up.`,
          hint: `sudo defaults write ${leaseFile} bootpd -dict DHCPLeaseTimeSecs -int 600`,
        },
  ];
  return {
    available: usable,
    endpoint: tart.program,
    problems: found.filter((each) => each !== undefined),
    details: {
      home: tart.home,
      ...(macOS === undefined ? {} : { macOS }),
      machines: countOf(rows),
      images: String(
        rows.filter(({ source, name }) => source === "oci" && !name.includes("@sha256:")).length,
      ),
      softnet: softnet.path ?? "none",
      "disk free": `${freeGiB} GiB`,
      ...(lease === undefined ? {} : { "DHCP lease": `${lease} s` }),
      cores: `${cpus().length}; compare with what Tart's licence allows your organisation`,
      records: settings.stateDirectory,
    },
    ...(version === undefined ? {} : { version }),
  };
}

function hostProblems(): Problem[] {
  if (process.platform !== "darwin") {
    return [{ message: "Tart is for macOS. What answers here is something else, such as an emulator." }];
  }
  if (process.arch === "arm64") return [];
  return [
    {
      message: "This Mac, or this Node, is not for Apple silicon: macOS guests need that.",
      hint: "Run Node for arm64 on an Apple silicon Mac.",
    },
  ];
}

function missingImage(image: string): Problem {
  if (remoteImage(image) === undefined) {
    return {
      message: `Tart has no virtual machine ${image}, which is the default image.`,
      hint: "`tart list` tells which there are.",
    };
  }
  return {
    message: `The default image ${image} is not here yet, and pulled with the first sandbox.`,
    hint: `tart pull ${image}`,
  };
}

function countOf(rows: readonly ListedVm[]): string {
  const local = rows.filter(({ source }) => source === "local");
  return `${local.length}, ${local.filter(({ state }) => state === "running").length} of them running`;
}

function hasImage(rows: readonly ListedVm[], image: string): boolean {
  const remote = remoteImage(image);
  return (
    localVm(rows, image) !== undefined || rows.some(({ source, name }) => source === "oci" && name === remote)
  );
}

async function macOSVersion(signal: AbortSignal): Promise<string | undefined> {
  if (process.platform !== "darwin") return undefined;
  const { stdout } = await execa("/usr/bin/sw_vers", ["-productVersion"], {
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  return stdout.trim() || undefined;
}

/** In seconds. */
async function leaseTime(signal: AbortSignal): Promise<number> {
  const { stdout } = await execa("/usr/bin/defaults", ["read", leaseFile, "bootpd"], {
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  return Number(/DHCPLeaseTimeSecs\s*=\s*"?(\d+)/.exec(stdout)?.[1] ?? defaultLease);
}
