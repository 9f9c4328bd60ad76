import type { AbsentContender, Contender } from "../contender.js";
import type { Target } from "../engines/target.js";
import { dockerCli } from "./docker-cli.js";
import { engineApi } from "./engine-api.js";
import { type ContenderFactory, openContender } from "./factory.js";
import { plainBwrap } from "./plain-bwrap.js";
import { sandboxContender } from "./sandbox.js";
import { testcontainers } from "./testcontainers.js";

const factories: readonly ContenderFactory[] = [
  sandboxContender,
  dockerCli,
  engineApi,
  testcontainers,
  plainBwrap,
];

/** Everyone who can be measured on an engine, and who could not be and why. */
export function openContenders(
  target: Target,
  signal: AbortSignal,
): Promise<Array<Contender | AbsentContender>> {
  const serving = factories.filter((factory) => factory.serves(target));
  return Promise.all(serving.map((factory) => openContender(factory, target, signal)));
}

/** One of them again, in another process. */
export async function reopenContender(id: string, target: Target, signal: AbortSignal): Promise<Contender> {
  const factory = factories.find((candidate) => candidate.id === id && candidate.serves(target));
  if (!factory) throw new Error(`There is no contender ${id} for ${target.label}.`);
  const contender = await openContender(factory, target, signal);
  if ("absent" in contender) throw new Error(contender.absent);
  return contender;
}
