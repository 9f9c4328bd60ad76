import { type EngineReport, SandboxError } from "@nanoclaw/sandbox/adapter";
import { bubblewrapArguments } from "./arguments.js";
import { run } from "./engine.js";
import { bubblewrapFailure } from "./failures.js";
import { type Host, hostFacts, installHint } from "./host.js";

type Problem = EngineReport["problems"][number];

/** Whether sandboxes can be made here, found out by making the walls of one around a program that does nothing. */
export async function reportOf(host: Host, signal: AbortSignal): Promise<EngineReport> {
  const details = detailsOf(host);
  try {
    const endpoint = host.bubblewrap;
    const version = (await run(endpoint, ["--version"], signal)).stdout.replace(/^bubblewrap\s+/, "").trim();
    const failure = await tryOut(host, signal);
    const problems = [...(failure ? [problemOf(failure)] : []), ...wishes(host)];
    return { available: failure === undefined, version, endpoint, problems, details };
  } catch (error) {
    if (signal.aborted || !SandboxError.is(error, "engine_unavailable")) throw error;
    return { available: false, problems: [problemOf(error)], details };
  }
}

async function tryOut(host: Host, signal: AbortSignal): Promise<SandboxError | undefined> {
  const plan = {
    hostname: "sandbox",
    network: "none" as const,
    environment: {},
    system: host.system,
    files: new Map<string, string>(),
    mounts: [],
    workdir: "/work",
    makeWorkdir: true,
  };
  const { setsid } = host.programs;
  try {
    await run(host.bubblewrap, [...bubblewrapArguments(plan, 0), "--", setsid, "true"], signal);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return bubblewrapFailure((error as { stderr?: string }).stderr?.trim() ?? "", hostFacts());
  }
}

/** What is not there, though sandboxes work without it. */
function wishes({ script, controlGroups: { parents } }: Host): Problem[] {
  const problems: Problem[] = [];
  const without = ["cpu", "memory", "pids"].filter((name) => !(name in parents));
  if (without.length > 0) {
    problems.push({
      message: `This user cannot limit ${without.join(", ")}: their control groups are not its own.`,
      hint: "Start the program by: systemd-run --user --scope PROGRAM. In a container, limit the container.",
    });
  }
  if (script === undefined) {
    problems.push({
      message: "There are no terminals, for want of script(1) of util-linux.",
      hint: installHint("bsdutils"),
    });
  }
  return problems;
}

function detailsOf({ controlGroups, settings, script }: Host): Record<string, string> {
  const { version, parents } = controlGroups;
  const limits = Object.keys(parents);
  return {
    limits: limits.length > 0 ? `${limits.join(", ")} by control groups, version ${version}` : "disk alone",
    terminals: script ?? "none",
    user:
      process.getuid?.() === 0 ? "root: a guest has root's rights to what is mounted into it" : "not root",
    records: settings.stateDirectory,
  };
}

function problemOf({ message, hint }: SandboxError): Problem {
  return hint === undefined ? { message } : { message, hint };
}
