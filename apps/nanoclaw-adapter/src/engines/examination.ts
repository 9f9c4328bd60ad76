import { readdir } from "node:fs/promises";
import { SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { isolationOf } from "../policy/isolation.js";
import type { Policy } from "../policy/policy.js";
import { policyPath, readPolicy } from "../policy/policy-file.js";
import { PolicyRouter } from "../policy/policy-router.js";
import { withScenario } from "../policy/profile.js";
import { policyRemarks } from "../policy/remarks.js";
import { type Runtime, runtimes } from "../runtime.js";
import { readSettings, type Settings } from "../settings/settings.js";
import { findBaseImage } from "./base-image.js";
import { baseImageFacts } from "./base-image-facts.js";
import { hostFacts, hostNotes } from "./host-notes.js";
import type { Finding } from "./survey.js";

interface Problem {
  readonly message: string;
  readonly hint?: string;
}

/** A part of what `doctor` looks at. */
interface Section {
  readonly title: string;
  readonly facts: readonly string[];
  readonly problems: readonly Problem[];
}

interface Examination {
  /** Settings and policy can be used, and what they name is there. */
  readonly healthy: boolean;
  readonly sections: readonly Section[];
}

/** Looks at everything that a run of a group depends on, but for the group itself. */
export async function examine(installation: Installation, signal: AbortSignal): Promise<Examination> {
  const settings = await orFailure(readSettings(installation));
  const file = await orFailure(readPolicy(installation));
  const policy = "failure" in file ? {} : file.value.policy;
  const host: Section = { title: "host", facts: hostNotes(hostFacts()), problems: [] };
  const place = await installationSection(installation);
  const sections = [host, place, settingsSection(settings), await policySection(file, installation)];
  if ("failure" in settings || "failure" in file) return { healthy: false, sections };

  const router = new PolicyRouter(installation);
  const findings = await Promise.all(runtimes.map((runtime) => router.look(runtime, { signal })));
  const asked = { findings, policy, settings: settings.value, installation };
  const baseImage = await baseImageSection(asked, signal);
  const named = namedRuntimes(policy, settings.value);
  const isThere = (runtime: Runtime) => findings.some((each) => each.runtime === runtime && each.available);
  const engines = named.length > 0 ? named.every(isThere) : findings.some(({ available }) => available);
  const image = !named.includes("tart") || baseImage.problems.length === 0;
  return {
    healthy: engines && image && place.problems.length === 0,
    sections: [
      ...sections,
      ...findings.map((finding) => engineSection(finding, named)),
      baseImage,
      ...builtImageSections(asked),
    ],
  };
}

/** In the wrong directory nothing is set, and everything looks well. */
async function installationSection({ root, slug, groupsDirectory }: Installation): Promise<Section> {
  const title = `installation ${root}`;
  const facts = [`known to engines as ${slug}`];
  const groups = await readdir(groupsDirectory).catch(() => undefined);
  if (groups) return { title, facts: [...facts, `groups: ${groups.length}`], problems: [] };
  const hint = "Run this in NanoClaw's checkout, or name it by --root.";
  return { title, facts, problems: [{ message: `There is no directory ${groupsDirectory}.`, hint }] };
}

type Outcome<T> = { readonly value: T } | { readonly failure: SandboxError };

async function orFailure<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    if (!SandboxError.is(error)) throw error;
    return { failure: error };
  }
}

function problemOf({ message, hint }: SandboxError): Problem {
  return { message, hint };
}

function settingsSection(settings: Outcome<Settings>): Section {
  const title = "settings";
  if ("failure" in settings) return { title, facts: [], problems: [problemOf(settings.failure)] };
  const { sources } = settings.value;
  const facts = Object.entries(sources).map(([name, source]) => `${name} is set in ${source}`);
  return { title, facts: facts.length > 0 ? facts : ["Nothing is set: every default holds."], problems: [] };
}

async function policySection(
  file: Outcome<{ readonly exists: boolean; readonly policy: Policy }>,
  installation: Installation,
): Promise<Section> {
  const title = `policy ${policyPath(installation)}`;
  if ("failure" in file) return { title, facts: [], problems: [problemOf(file.failure)] };
  const { exists, policy } = file.value;
  if (!exists) return { title, facts: ["There is none: nothing is demanded of any group."], problems: [] };
  const problems = (await policyRemarks(policy, installation)).map((message) => ({ message }));
  return { title, facts: ["It can be read, nobody else can write to it, and it has no faults."], problems };
}

function engineSection(
  { runtime, available, reason, hint, report }: Finding,
  named: readonly Runtime[],
): Section {
  const problems = available ? (report?.problems ?? []) : [{ message: reason, hint }];
  const facts = [
    available
      ? `ready: ${[report?.version, `${isolationOf[runtime]} isolation`].filter(Boolean).join(", ")}`
      : "not there",
    ...(named.includes(runtime) ? ["named by settings or policy"] : []),
    ...(report?.endpoint ? [`at: ${report.endpoint}`] : []),
  ];
  return { title: runtime, facts, problems };
}

interface Asked {
  readonly findings: readonly Finding[];
  readonly policy: Policy;
  readonly settings: Settings;
  readonly installation: Installation;
}

async function baseImageSection(
  { findings, policy: { runtimes: engines }, settings: { tart }, installation }: Asked,
  signal: AbortSignal,
): Promise<Section> {
  const name = engines?.tart?.image ?? tart.baseImage;
  const title = `base image ${name}`;
  if (!findings.some(({ runtime, available }) => runtime === "tart" && available)) {
    return { title, facts: ["Not looked for, as Tart is not there."], problems: [] };
  }
  const { program, home } = engines?.tart ?? {};
  const found = await orFailure(findBaseImage({ name, program, home, signal }));
  if ("failure" in found) return { title, facts: [], problems: [problemOf(found.failure)] };
  switch (found.value) {
    case "there":
      return { title, facts: ["It is there.", ...(await tartFacts(installation, name, home))], problems: [] };
    case "pullable":
      return { title, facts: ["It is not here yet, and pulled with the first run."], problems: [] };
    case "running":
      return {
        title,
        facts: [],
        problems: [
          { message: "It runs, and its disk changes meanwhile.", hint: `Stop it: tart stop ${name}` },
        ],
      };
    case "missing":
      return {
        title,
        facts: [],
        problems: [
          {
            message: `Tart has no machine that is called exactly ${name}.`,
            hint: "Make it: nanoclaw-sandbox prepare --engine tart. Or name another by TART_BASE_IMAGE.",
          },
        ],
      };
  }
}

/** An image of a registry is as its makers have made it. */
async function tartFacts(installation: Installation, image: string, home?: string): Promise<string[]> {
  if (image.includes("/")) return [];
  const { identityOfMachine, tartHome } = await import("../prepare/tart-place.js");
  const place = tartHome(home);
  return baseImageFacts({
    installation,
    runtime: "tart",
    image,
    place,
    identity: identityOfMachine(place, image),
  });
}

/** Images of the policy that have come from `prepare`, or should. */
function builtImageSections({ policy, installation }: Asked): Section[] {
  return (["docker", "container"] as const).flatMap((runtime) => {
    const image = policy.runtimes?.[runtime]?.image;
    if (image === undefined) return [];
    const facts = baseImageFacts({ installation, runtime, image });
    return [{ title: `image ${image} of ${runtime}`, facts, problems: [] }];
  });
}

/** Those that the host has said groups run in. */
function namedRuntimes(policy: Policy, { runtime }: Settings): Runtime[] {
  const entries = [policy.default, ...(policy.rules ?? []), ...Object.values(policy.groups ?? {})];
  const named = [runtime, ...entries.map((entry) => entry && withScenario(entry).runtime)];
  return runtimes.filter((each) => named.includes(each));
}
