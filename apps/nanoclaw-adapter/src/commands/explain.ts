import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxError } from "@nanoclaw/sandbox";
import { type Command, InvalidArgumentError, Option } from "commander";
import { installationOf } from "../command-line/installation.js";
import { interruptSignal } from "../command-line/interrupt.js";
import type { Finding } from "../engines/survey.js";
import type { Choice, Decision } from "../policy/decision.js";

interface ExplainFlags {
  readonly registered?: object;
  readonly json?: boolean;
}

/** What `explain` found, for either form. */
interface Explanation {
  readonly decision: Decision;
  /** Absent: no engine may take the run. */
  readonly choice?: Choice;
  readonly refusal?: SandboxError;
  readonly engines: readonly Finding[];
  /** Where the group should be, and is not. */
  readonly missing?: string;
}

export function addExplainCommand(program: Command): void {
  program
    .command("explain")
    .description("say which engine a group runs in, and why not in another")
    .argument("<group>", "its folder below groups/")
    .addOption(
      new Option(
        "--registered <json>",
        "the group's containerConfig in NanoClaw's database, which is not looked at here",
      ).argParser(parseObject),
    )
    .option("--json", "print it as JSON")
    .action(async (folder: string, flags: ExplainFlags, command: Command) => {
      const explanation = await explain(folder, flags, command);
      const { printJson, print } = await import("../command-line/output.js");
      await (flags.json
        ? printJson(asJson(explanation))
        : print((await inWords(explanation, flags)).join("\n")));
      process.exitCode = explanation.choice ? 0 : 1;
    });
}

async function explain(folder: string, { registered }: ExplainFlags, command: Command): Promise<Explanation> {
  const { SandboxError } = await import("@nanoclaw/sandbox");
  const { PolicyRouter } = await import("../policy/policy-router.js");
  const { runtimes } = await import("../runtime.js");
  const signal = interruptSignal();
  const installation = installationOf(command);
  const router = new PolicyRouter(installation);
  const decision = await router.decide({ folder, registered });
  const engines = await Promise.all(runtimes.map((runtime) => router.look(runtime, { signal })));
  const directory = join(installation.groupsDirectory, folder);
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const missing = isThere ? undefined : directory;
  try {
    return { decision, choice: await router.choose(decision, { signal }), engines, missing };
  } catch (error) {
    signal.throwIfAborted();
    if (!SandboxError.is(error)) throw error;
    return { decision, refusal: error, engines, missing };
  }
}

function asJson({ decision, choice, refusal, engines }: Explanation): Record<string, unknown> {
  return {
    decision: choice?.decision ?? decision,
    chosen: choice?.runtime ?? null,
    unavailable: choice?.unavailable ?? [],
    refusal: refusal?.toJSON(),
    engines: engines.map(({ runtime, available, reason, hint, report }) => ({
      runtime,
      available,
      version: report?.version,
      reason: reason || undefined,
      hint,
    })),
  };
}

async function inWords(
  { decision, choice, refusal, engines, missing }: Explanation,
  { registered }: ExplainFlags,
): Promise<string[]> {
  const { formatTable } = await import("../command-line/output.js");
  const { isolationOf } = await import("../policy/isolation.js");
  const { folder, runtime, layers, attempts, notes = [] } = choice?.decision ?? decision;
  const lines = [
    choice
      ? `${folder} runs in ${choice.runtime} (${isolationOf[choice.runtime]} isolation).`
      : `${folder} does not run: ${refusal?.message}`,
  ];
  if (refusal?.hint) lines.push(`→ ${refusal.hint}`);
  if (choice && choice.runtime !== runtime) {
    lines.push(
      `It falls back, as its policy allows: ${choice.unavailable.map(({ reason }) => reason).join(" ")}`,
    );
  }
  for (const { source, asked, kept } of attempts) {
    lines.push(`! ${source} asks for ${asked}, a weaker wall. The group stays in ${kept}.`);
  }
  for (const note of notes) lines.push(`! ${note}`);
  if (missing) lines.push(`! There is no group there: ${missing}. Another checkout is named by --root.`);
  const rows = layers.map((layer) => [layer.layer, layer.runtime ?? "-", layer.outcome, layer.reason]);
  const engineRows = engines.map((each) => [
    each.runtime,
    each.available ? (each.report?.version ?? "") : "-",
    each.available ? "there" : "not there",
    each.reason,
  ]);
  lines.push("", formatTable([["LAYER", "SAYS", "OUTCOME", "WHY"], ...rows]));
  lines.push("", ...layers.map(({ layer, source }) => `${layer}: ${source}`));
  if (registered === undefined)
    lines.push("NanoClaw's database is not looked at here; --registered says what it has.");
  lines.push("", formatTable(await termsOf(choice?.decision ?? decision, choice?.runtime ?? runtime)));
  lines.push("", formatTable([["ENGINE", "VERSION", "STATE", "WHY"], ...engineRows]));
  return lines;
}

/** What holds for the run besides its engine. */
async function termsOf(decision: Decision, runtime: Decision["runtime"]): Promise<string[][]> {
  const { networkMeaning } = await import("../engines/network-meaning.js");
  const { bootMs, runMs, idleMs } = decision.timeouts;
  const limits = Object.entries(decision.limits).map(([name, value]) => `${name} ${value}`);
  const { network, keep, fallback, secrets, entrypoint } = decision;
  return [
    ["sensitive", decision.sensitive ? "yes" : "no"],
    ["fallback", fallback.length > 0 ? fallback.join(", ") : "denied: the run is refused instead"],
    ["agent", decision.agent],
    ["image", decision.image ?? "the runtime's default"],
    ...(entrypoint ? [["entry point", JSON.stringify(entrypoint)]] : []),
    ["network", `${network}: ${networkMeaning[runtime][network]}`],
    ["limits", limits.join(", ") || "the engine's own"],
    ["timeouts", `boot ${bootMs} ms, run ${runMs} ms, without output ${idleMs} ms`],
    ["queue", `${decision.queueMs} ms at most`],
    ["keep", keep.on === "failure" ? `for ${keep.ttlMs} ms after a failure` : "never"],
    ["secrets", secrets ? secrets.join(", ") || "none" : "those that the agent's profile asks for"],
  ];
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('Write an object of JSON, such as {"runtime":"tart"}.');
}
