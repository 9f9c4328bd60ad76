import type { AbsentContender, Contender } from "../contender.js";
import type { Target } from "../engines/target.js";
import { dockerCli } from "./docker-cli.js";
import { engineApi } from "./engine-api.js";
import { type ContenderFactory, openContender } from "./factory.js";
import { plainBwrap } from "./plain-bwrap.js";
import type { PlugIn } from "./plug-in.js";
import { sandboxContender } from "./sandbox.js";
import { testcontainers } from "./testcontainers.js";

const own: readonly ContenderFactory[] = [sandboxContender, dockerCli, engineApi, testcontainers, plainBwrap];

/** All that there are. Throws where an id is taken. */
export function contenderFactories(plugIns: readonly PlugIn[]): ContenderFactory[] {
  const all = [...own, ...plugIns.map(({ factory }) => factory)];
  const taken = all.find(({ id }, index) => all.findIndex((other) => other.id === id) !== index);
  if (taken) throw new Error(`There are two contenders with the id ${taken.id}.`);
  return all;
}

/** Everyone who can be measured on an engine, and who could not be and why. */
export function openContenders(
  target: Target,
  plugIns: readonly PlugIn[],
  signal: AbortSignal,
): Promise<Array<Contender | AbsentContender>> {
  const serving = contenderFactories(plugIns).filter((factory) => factory.serves(target));
  return Promise.all(serving.map((factory) => openContender(factory, target, signal)));
}

/** One of them again, in another process. */
export async function reopenContender(
  id: string,
  target: Target,
  plugIns: readonly PlugIn[],
  signal: AbortSignal,
): Promise<Contender> {
  const factory = contenderFactories(plugIns).find(
    (candidate) => candidate.id === id && candidate.serves(target),
  );
  if (!factory) throw new Error(`There is no contender ${id} for ${target.label}.`);
  const contender = await openContender(factory, target, signal);
  if ("absent" in contender) throw new Error(contender.absent);
  return contender;
}
