import { type EngineReport, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ContainerCli } from "./engine.js";
import { startServiceCommand, wordsOf } from "./failures.js";
import { type HostFacts, hasKernel, hostFacts } from "./host-facts.js";
import type { Settings } from "./options.js";
import { tooOld, updateHint } from "./service.js";
import { type ServiceFacts, serviceFacts } from "./service-facts.js";
import { compareVersions, isTooOld } from "./versions.js";

type Problem = EngineReport["problems"][number];

const statusMs = 12_000;

/** What was found, for `describe`. */
export interface Findings {
  readonly endpoint: string;
  readonly version: string | undefined;
  readonly service: ServiceFacts;
  /** Undefined where that cannot be seen. */
  readonly kernel: boolean | undefined;
  readonly host: HostFacts;
  readonly startService: boolean;
}

/** Whether containers can be made here, and what a person should know before. */
export async function reportOf(
  cli: ContainerCli,
  settings: Settings,
  signal: AbortSignal,
): Promise<EngineReport> {
  const host = await hostFacts(signal);
  try {
    const version = await cli.version(signal);
    const service = await statusOf(cli, signal);
    const kernel = hasKernel(service.dataDirectory);
    const { startService } = settings;
    return describe({ endpoint: cli.program, version, service, kernel, host, startService });
  } catch (error) {
    if (signal.aborted || !SandboxError.is(error)) throw error;
    const problem =
      error.hint === undefined ? { message: error.message } : { message: error.message, hint: error.hint };
    return {
      available: false,
      endpoint: cli.program,
      problems: [problem, ...hostProblems(host)],
      details: {},
    };
  }
}

async function statusOf(cli: ContainerCli, signal: AbortSignal): Promise<ServiceFacts> {
  try {
    return serviceFacts(
      await cli.call(["system", "status", "--format=json"], { signal, timeoutMs: statusMs }),
    );
  } catch (error) {
    // It says that it is down on standard output, and ends with 1.
    if (wordsOf(error) === "") throw error;
    return { up: false };
  }
}

/** A report of what was found. */
export function describe(findings: Findings): EngineReport {
  const { endpoint, version, service, kernel, host, startService } = findings;
  const old = isTooOld(version);
  const problems: (Problem | undefined)[] = [
    old ? { message: tooOld(version), hint: updateHint } : undefined,
    version === undefined
      ? { message: "This `container` does not tell its version.", hint: "Use a release." }
      : undefined,
    service.up
      ? undefined
      : { message: "The service of container is not running.", hint: `Start it: ${startServiceCommand}` },
    skewOf(version, service.version),
    kernel === false
      ? {
          message: "There is no kernel for virtual machines.",
          hint: "Install one: container system kernel set --recommended",
        }
      : undefined,
    ...hostProblems(host),
  ];
  return {
    available: !old && (service.up || startService),
    endpoint,
    ...(version !== undefined && { version }),
    problems: problems.filter((each) => each !== undefined),
    details: {
      service: service.up ? `running${service.version ? `, ${service.version}` : ""}` : "not running",
      ...(service.dataDirectory !== undefined && { data: service.dataDirectory }),
      ...(kernel !== undefined && { kernel: kernel ? "installed" : "none" }),
      ...(host.macOS !== undefined && { macOS: host.macOS }),
      ...(host.rosetta !== undefined && {
        Rosetta: host.rosetta ? "installed" : "none: images for arm64 alone",
      }),
    },
  };
}

/** An update leaves the service of before running, which fails at what only the new one knows (§1.4). */
function skewOf(client: string | undefined, service: string | undefined): Problem | undefined {
  if (client === undefined || service === undefined || compareVersions(client, service) === 0)
    return undefined;
  return {
    message: `The service is ${service}, and \`container\` is ${client}.`,
    hint: "Restart it, which ends every container: container system stop && container system start",
  };
}

function hostProblems({ platform, architecture, macOS, keychain }: HostFacts): Problem[] {
  if (platform !== "darwin") {
    return [{ message: "container is for macOS. What answers here is something else, such as an emulator." }];
  }
  const problems: (Problem | undefined)[] = [
    architecture === "arm64"
      ? undefined
      : {
          message: "This Mac, or this Node, is for Intel: container needs Apple silicon and refuses Rosetta.",
          hint: "Install Node for arm64 on an Apple silicon Mac.",
        },
    macOS === undefined || compareVersions(macOS, "26") >= 0
      ? undefined
      : {
          message: `macOS ${macOS} is not supported by container: networks other than the default need macOS 26.`,
          hint: "Update to macOS 26.",
        },
    keychain === false
      ? {
          message:
            "The login keychain is locked, or cannot be reached from this session: pulls may fail with -25308.",
          hint: "security unlock-keychain",
        }
      : undefined,
  ];
  return problems.filter((each) => each !== undefined);
}
