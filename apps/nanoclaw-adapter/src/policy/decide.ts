import { SandboxError } from "@nanoclaw/sandbox";
import { checkFolder, type Group } from "../group.js";
import type { Installation } from "../installation.js";
import { isAsStrongAs, type Runtime } from "../runtime.js";
import type { Settings } from "../settings/settings.js";
import { type Claim, claimOf } from "./claim.js";
import type { Decision, InRuntime } from "./decision.js";
import { readGroupFile } from "./group-file.js";
import type { MinimumIsolation } from "./isolation.js";
import type { Policy } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { type Profile, profileOf } from "./profile.js";
import { type Detected, resolveRuntime } from "./resolve.js";

/** What a decision is made of, besides the group: each read once. */
export interface Circumstances {
  readonly installation: Installation;
  readonly file: PolicyFile;
  readonly settings: Settings;
  detect(minimum: MinimumIsolation | undefined): Promise<Detected>;
}

const keepMs = 3_600_000;

/** Decides for one group. */
export async function decideFor(group: Group, circumstances: Circumstances): Promise<Decision> {
  const { folder } = group;
  checkFolder(folder);
  const { installation, file, settings, detect } = circumstances;
  checkSpelling(folder, file);
  const profile = profileOf(file.policy, folder);
  const registered = claimOf("the group's containerConfig in NanoClaw's database", group.registered);
  const groupFile = await readGroupFile(installation, folder);
  const { runtime, base, layers, attempts } = await resolveRuntime({
    profile,
    policyFile: file,
    registered,
    groupFile,
    environment: {
      runtime: settings.runtime,
      source: settings.sources.CONTAINER_RUNTIME ?? "the environment and .env",
    },
    detect,
  });
  const allowed = (profile.fallback?.value ?? []).filter((each) => each !== runtime);
  // Who asks for an engine that is not there must not get, by way of the fallback, less than without asking.
  const fallback = runtime === base ? allowed : allowed.filter((each) => isAsStrongAs(each, base));
  const run = runLimit([registered, groupFile], profile.timeouts.runMs ?? settings.runMs);
  const { bootMs = settings.bootMs, idleMs = settings.idleMs } = profile.timeouts;
  const isSetting = {
    runMs: profile.timeouts.runMs === undefined && run.runMs === settings.runMs,
    idleMs: profile.timeouts.idleMs === undefined,
  };
  return {
    folder,
    runtime,
    fallback,
    sensitive: profile.sensitive,
    agent: profile.agent ?? settings.agent,
    ...inRuntime(runtime, profile, file.policy),
    inFallback: Object.fromEntries(fallback.map((each) => [each, inRuntime(each, profile, file.policy)])),
    network: profile.network ?? "open",
    timeouts: { bootMs, runMs: run.runMs, idleMs },
    keptByNanoClaw: (["runMs", "idleMs"] as const).filter((name) => isSetting[name]),
    keep: { on: profile.keep?.on ?? "never", ttlMs: profile.keep?.ttlMs ?? keepMs },
    queueMs: profile.queueMs ?? settings.queueMs,
    secrets: profile.secrets,
    concessions: profile.concessions,
    layers,
    attempts,
    notes: [...run.notes, ...fallbackNotes(file.policy, profile)],
  };
}

/**
 * Where the file system ignores case, as on a Mac, `Finance` is the directory of `finance`, and an agent that registers
 * it must not get it with another policy.
 */
function checkSpelling(folder: string, { path, policy }: PolicyFile): void {
  const known = [
    ...Object.keys(policy.groups ?? {}),
    ...(policy.rules ?? []).flatMap(({ groups = [] }) => groups),
  ];
  if (known.includes(folder)) return;
  const other = known.find((each) => each.toLowerCase() === folder.toLowerCase());
  if (other === undefined) return;
  throw new SandboxError(
    "invalid_argument",
    `The policy knows a group ${other}, and this one is ${folder}.`,
    {
      hint: `They may be one directory. Give one of them another name, or add ${folder} to ${path}.`,
    },
  );
}

/** What belongs to the runtime: a group's image in Docker is none in Tart. */
function inRuntime(runtime: Runtime, { image, limits, runtime: named }: Profile, policy: Policy): InRuntime {
  const engine = policy.runtimes?.[runtime];
  const said = image?.value;
  const own = typeof said === "string" ? (runtime === named?.value ? said : undefined) : said?.[runtime];
  return {
    ...(own !== undefined && { image: own }),
    ...(engine?.entrypoint !== undefined && { entrypoint: engine.entrypoint }),
    limits: { ...engine?.limits, ...limits },
  };
}

/** An agent may ask for less time than the host gives, and not for more. */
function runLimit(claims: readonly Claim[], hostMs: number): { runMs: number; notes: string[] } {
  const asked = claims.flatMap(({ timeoutMs, source }) =>
    timeoutMs === undefined ? [] : { timeoutMs, source },
  );
  const notes = asked
    .filter(({ timeoutMs }) => timeoutMs > hostMs)
    .map(
      ({ timeoutMs, source }) =>
        `${source} asks for ${timeoutMs} ms, and the host gives ${hostMs}: write timeouts.runMs in the policy file, ` +
        "or CONTAINER_TIMEOUT.",
    );
  return { runMs: Math.min(hostMs, ...asked.map(({ timeoutMs }) => timeoutMs)), notes };
}

function fallbackNotes({ default: fallbacks }: Policy, { sensitive, fallback }: Profile): string[] {
  if (!sensitive || fallback !== undefined || fallbacks?.fallback === undefined) return [];
  return ["The default's fallback does not hold for sensitive groups."];
}
