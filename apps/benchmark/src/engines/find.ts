import { probeEngine } from "@nanoclaw/sandbox";
import type { EngineReport } from "@nanoclaw/sandbox/adapter";
import { failureMessage } from "../failure-message.js";
import { connect } from "./connection.js";
import { provideImage } from "./image.js";
import { ownEngines, providerOf } from "./provider.js";
import type { Target } from "./target.js";

/** What to look for and how to measure it. */
export interface EngineQuestion {
  /** Labels of engines of which the user says that they are emulators. */
  readonly emulated?: readonly string[];
  /** As `parseEngine` reads it. */
  readonly engine: string;
  readonly image?: string;
  readonly network: Target["network"];
  readonly runId: string;
  readonly signal: AbortSignal;
  /** For what takes a while. */
  say(line: string): void;
}

/** An engine that was looked for. */
export interface FoundEngine {
  readonly label: string;
  readonly version?: string;
  readonly endpoint?: string;
  readonly details: Readonly<Record<string, string>>;
  /** How it is known that an emulator answers and not the engine. */
  readonly emulated?: string;
  /** Set where it can be measured. */
  readonly target?: Target;
  /** Set where it cannot. */
  readonly absent?: string;
}

/** Never rejects for an engine that is not there: that is a row in the results. */
export async function findEngine(question: EngineQuestion): Promise<FoundEngine> {
  const { engine, label, providerOptions } = parseEngine(question.engine);
  let report: EngineReport | undefined;
  try {
    const provider = await providerOf(engine, providerOptions);
    report = await probeEngine(provider, { signal: question.signal });
    if (!report.available) return { ...facts(label, report), absent: whyNot(report) };
    const emulated = question.emulated?.includes(label)
      ? "It was said to be an emulator."
      : emulatorOf(engine, report);
    const { network, runId } = question;
    const { endpoint } = report;
    const image =
      engine === "docker" && endpoint !== undefined
        ? await provideImage(connect(endpoint), question.image, question.say)
        : provider.capabilities.images
          ? question.image
          : undefined;
    const target: Target = {
      engine,
      label,
      providerOptions,
      network,
      runId,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(image === undefined ? {} : { image }),
    };
    return { ...facts(label, report), target, ...(emulated === undefined ? {} : { emulated }) };
  } catch (error) {
    question.signal.throwIfAborted();
    return { ...facts(label, report), absent: failureMessage(error) };
  }
}

/** Where the text has an address it is that of an engine with the Docker Engine API, whatever it is called. */
export function parseEngine(text: string): {
  engine: string;
  label: string;
  providerOptions: Record<string, unknown>;
} {
  const [, label = text, address] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (address === undefined) return { engine: label, label, providerOptions: {} };
  if (label === "local") throw new Error("The engine local has no address.");
  return { engine: "docker", label, providerOptions: { host: address } };
}

/** What is measured when nothing is said. */
export const defaultEngines = ownEngines;

function facts(label: string, report: EngineReport | undefined): Omit<FoundEngine, "target" | "absent"> {
  return {
    label,
    details: report?.details ?? {},
    ...(report?.version === undefined ? {} : { version: report.version }),
    ...(report?.endpoint === undefined ? {} : { endpoint: report.endpoint }),
  };
}

/** Engines that exist on macOS alone: what answers to their name elsewhere is something else. */
const needMac = new Set(["tart", "apple-container"].flatMap((name) => [name, `@nanoclaw/sandbox-${name}`]));

/** How it is known that an emulator answers: the probe names one, or the engine cannot be on this system. */
export function emulatorOf(
  engine: string,
  { details }: Pick<EngineReport, "details">,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (details.emulator !== undefined) return `An emulator answered: ${details.emulator}.`;
  if (needMac.has(engine) && platform !== "darwin") {
    return `An emulator answered: ${engine} itself runs on macOS alone.`;
  }
  return undefined;
}

function whyNot({ problems }: EngineReport): string {
  const reasons = problems.map(({ message, hint }) => [message, hint].filter(Boolean).join(" "));
  return reasons.join(" ") || "It is not there.";
}
