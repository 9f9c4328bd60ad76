import { once } from "node:events";
import { constants } from "node:os";
import {
  type Limits,
  type Sandbox,
  SandboxError,
  type SandboxProcess,
  type SandboxProvider,
} from "@nanoclaw/sandbox";
import { mountInGuest } from "../mounts/guest-mounts.js";
import { emptyFile } from "../mounts/hidden-file.js";
import type { MountPlan } from "../mounts/mount-plan.js";
import { isWithin } from "../mounts/within.js";
import type { Choice, Decision } from "../policy/decision.js";
import { type GroupSandbox, type Host, type Outcome, openGroupSandbox } from "../run/group-sandbox.js";
import { holdToLimits, type RunLimits } from "../run/run-limits.js";
import { hasDockerImages, type Runtime } from "../runtime.js";
import { concededMounts } from "./conceded-mounts.js";
import { EarlyInput } from "./early-input.js";
import { commandOf } from "./entrypoint.js";
import { makeHome } from "./guest-home.js";
import { withoutHostAlias } from "./host-alias.js";
import { nameLabel } from "./left-sandboxes.js";
import type { RunRequest } from "./run-request.js";
import type { RunStop } from "./run-stop.js";

/** Home of the user of NanoClaw's images, where the agents keep their state. */
const imageHome = "/home/node";
/** What a command gets to end by itself when its time is up: as much as by `docker stop`. */
const GRACE_MS = 10_000;
/** Names of sandboxes have at most 63 characters, those of containers may have more. */
const NAME_LENGTH = 63;

/** Who keeps the record of a run. */
export interface RunWatcher {
  /** Before the first side effect on the engine. */
  chosen(runtime: Runtime): Promise<void>;
  /** Something may be left on the engine. */
  cleanupFailed(): void;
}

/** Opens the group's sandbox, runs the command in it with this process's streams, and ends it. */
export async function runInSandbox(
  request: RunRequest,
  host: Host,
  stop: RunStop,
  { chosen, cleanupFailed }: RunWatcher,
): Promise<number> {
  const { folder, binds } = request;
  const signal = stop.opening;
  using input = request.interactive ? new EarlyInput(process.stdin) : undefined;
  const isMain = binds.some(({ target }) => target === "/workspace/project");
  const choice = await host.router.choose(await host.router.decide({ folder, isMain }), { signal });
  // What a fallback brings with it is in there.
  const { decision } = choice;
  tell(choice);
  const provider = await host.router.provider(choice.runtime);
  const askCommand = () => commandOf(request, decision, provider, signal);
  const [plan, known] = await Promise.all([
    concededMounts(binds, {
      engine: provider.name,
      capabilities: provider.capabilities,
      concessions: decision.concessions ?? [],
      emptyFile: () => emptyFile(host.installation),
    }),
    askCommand().catch((error: unknown) => {
      // The engine may be about to pull it.
      if (!SandboxError.is(error, "image_not_found")) throw error;
    }),
  ]);
  const fixed = decisionFor(request, choice, provider);
  await chosen(choice.runtime);
  const opened = await openGroupSandbox(
    { ...host, router: routerOf(host, { ...choice, decision: fixed }) },
    {
      group: { folder, isMain },
      image: hasDockerImages(choice.runtime) ? request.image : undefined,
      name: request.name.length <= NAME_LENGTH ? request.name : undefined,
      labels: { ...request.labels, [nameLabel]: request.name },
      mounts: plan.mounts,
      user: userFor(request, provider),
      workdir: hasDockerImages(choice.runtime) ? undefined : workdirOf[request.line],
      signal,
      onEvent: (event) => {
        if (event.type === "warning" || event.type === "cleanup-failed") notice(event.message);
        if (event.type === "cleanup-failed") cleanupFailed();
      },
    },
  );
  stop.opened(opened.sandbox);
  return await withSandbox(opened, stop, async (sandbox) => {
    const env = await prepare(sandbox, request, fixed, choice.runtime, plan);
    const command = known ?? (await askCommand());
    signal.throwIfAborted();
    const whole = input?.whole;
    const live = input !== undefined && whole === undefined;
    const child = await sandbox.spawn(command, { env, ...(whole ? { input: whole } : { stdin: live }) });
    if (live) input.passTo(child.stdin);
    const session = binds.find(({ target }) => target === "/workspace")?.source;
    const limits = holdToLimits({ line: request.line, folder, session }, decision, (words) => {
      notice(words);
      void stop.timeOut(GRACE_MS);
    });
    return await carry(child, stop, limits);
  });
}

const workdirOf = { v1: "/workspace/group", v2: "/workspace/agent" } as const;

/** Ends the sandbox and gives its place back, whatever happened, and tells the metrics how it went. */
async function withSandbox(
  opened: GroupSandbox,
  stop: RunStop,
  work: (sandbox: Sandbox) => Promise<number>,
): Promise<number> {
  let outcome: Outcome = "failed";
  try {
    const exitCode = await work(opened.sandbox);
    if (exitCode === 0) outcome = "answered";
    return exitCode;
  } finally {
    const kept = await opened.close(stop.timedOut ? "timeout" : stop.reason ? "aborted" : outcome);
    if (kept)
      notice(`The sandbox is kept for ${Math.round(kept.ttlMs / 1000)} s. Look inside: ${kept.enter}`);
  }
}

/** What the sandbox lacks of what Docker would have given. Returns the command's environment. */
async function prepare(
  sandbox: Sandbox,
  request: RunRequest,
  decision: Decision,
  runtime: Runtime,
  plan: MountPlan,
): Promise<Record<string, string>> {
  await mountInGuest(sandbox, plan.inGuest);
  await checkSharedMemory(sandbox, request, decision);
  // All of it goes to the command alone: an engine records what a sandbox is given, and some of these are secrets.
  const env = await withoutHostAlias(request.env, sandbox, decision.network);
  if (hasDockerImages(runtime) || !request.binds.some(({ target }) => isWithin(target, imageHome)))
    return env;
  const { HOME = imageHome } = env;
  if (runtime === "tart") await makeHome(sandbox, HOME);
  return { ...env, HOME };
}

async function checkSharedMemory(sandbox: Sandbox, request: RunRequest, decision: Decision): Promise<void> {
  const { sharedMemoryMiB } = request;
  if (sharedMemoryMiB === undefined || decision.concessions?.includes("shared-memory")) return;
  const { stdout } = await sandbox.exec(["df", "-Pk", "/dev/shm"], { timeoutMs: 10_000 });
  const kibibytes = Number(/^\S+\s+(\d+)\s.*\/dev\/shm$/m.exec(stdout)?.[1] ?? 0);
  if (kibibytes >= sharedMemoryMiB * 1024) return;
  throw new SandboxError(
    "unsupported",
    `/dev/shm has ${Math.floor(kibibytes / 1024)} MiB in ${sandbox.provider}, and --shm-size asks for ${sharedMemoryMiB}.`,
    {
      hint: 'With Docker: docker({ sharedMemoryMiB }) in the settings of the engine. Or let it pass in the policy: "concessions": ["shared-memory"].',
    },
  );
}

/** Connects this process's output with the command's until that has ended. */
async function carry(child: SandboxProcess, stop: RunStop, limits: RunLimits): Promise<number> {
  const output = (async () => {
    for await (const { stream, data } of child) {
      limits.wrote(stream, data);
      await write(stream === "stdout" ? process.stdout : process.stderr, data, stop);
    }
  })();
  stop.started(child, output);
  try {
    await output;
  } finally {
    limits.stop();
  }
  const { exitCode, signal, outOfMemory } = await child.wait();
  if (outOfMemory) notice("The sandbox ran out of memory; the kernel killed something in it.");
  return exitCode ?? 128 + constants.signals[(signal ?? "SIGKILL") as NodeJS.Signals];
}

/** The next piece is read when this one is taken. A reader that is gone was the host. */
async function write(stream: NodeJS.WriteStream, data: Uint8Array, stop: RunStop): Promise<void> {
  if (!stream.writable) return;
  if (stream.listenerCount("error") === 0) stream.on("error", () => stop.now(0));
  if (!stream.write(data))
    await Promise.race([once(stream, "drain"), once(stream, "close")]).catch(() => undefined);
}

/** Docker's limits on top of the policy's: the lower one holds. */
function decisionFor(
  request: RunRequest,
  { decision, runtime }: Choice,
  provider: SandboxProvider,
): Decision {
  const { pidCount, ...rest } = request.limits;
  const dropped = !provider.capabilities.limits.pidCount && decision.concessions?.includes("pids-limit");
  return {
    ...decision,
    // NanoClaw names the image where the engine has Docker's, and local has none.
    image: runtime === "tart" ? decision.image : undefined,
    limits: lower(decision.limits, dropped ? rest : { ...rest, pidCount }),
  };
}

function lower(policy: Limits, asked: Limits): Limits {
  const names = ["cpuCount", "memoryMiB", "pidCount"] as const;
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = { ...policy };
  for (const name of names) {
    const values = [policy[name], asked[name]].filter((value) => value !== undefined);
    if (values.length > 0) limits[name] = Math.min(...values);
  }
  return limits;
}

/** Everything is decided: opening must not decide anew, by files that may have changed meanwhile. */
function routerOf({ router }: Host, choice: Choice): Host["router"] {
  return {
    decide: async () => choice.decision,
    choose: async () => choice,
    provider: (runtime) => router.provider(runtime),
  };
}

/**
 * NanoClaw asks for its own user, so that files in mounts belong to that. Where an engine has no choice of users, its
 * guests act on mounts with the rights of whoever runs this: the same, or it cannot be done.
 */
function userFor({ user }: RunRequest, provider: SandboxProvider): string | undefined {
  if (user === undefined || provider.capabilities.users) return user;
  const own = `${process.getuid?.()}:${process.getgid?.()}`;
  if (user === own) return undefined;
  throw new SandboxError("unsupported", `${provider.name} cannot run the agent as ${user}.`, {
    hint: `Its guests act on mounts as the user who runs NanoClaw, ${own}.`,
  });
}

/** Downgrades that were tried, and engines that were not there, are told aloud. */
function tell({ decision, runtime, unavailable }: Choice): void {
  for (const { source, asked, kept } of decision.attempts) {
    notice(`${source} asks for ${asked}; the group ${decision.folder} stays in ${kept}.`);
  }
  if (runtime === decision.runtime) return;
  for (const each of unavailable) notice(`${each.runtime} is not there: ${each.reason}`);
  notice(`The group ${decision.folder} runs in ${runtime}, as its policy allows.`);
}

function notice(message: string): void {
  process.stderr.write(`docker (nanoclaw-sandbox): ${message}\n`);
}
