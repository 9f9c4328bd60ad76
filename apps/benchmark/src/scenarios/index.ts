import type { Form, Scenario } from "../scenario.js";
import { coldStart } from "./cold-start.js";
import { destroy } from "./destroy.js";
import { eightAtOnce } from "./eight-at-once.js";
import { largeFile } from "./large-file.js";
import { nextCommand } from "./next-command.js";
import { residue } from "./residue.js";
import { slowReader } from "./slow-reader.js";
import { smallFile } from "./small-file.js";
import { transferMemory } from "./transfer-memory.js";

const makers = [
  coldStart,
  nextCommand,
  eightAtOnce,
  smallFile,
  largeFile,
  transferMemory,
  slowReader,
  destroy,
  residue,
];

export const scenarioIds: readonly string[] = makers.map((make) => make("full").id);

/** Those that were asked for, all by default, in the order in which they are run. */
export function scenariosOf(form: Form, wanted: readonly string[] = scenarioIds): Scenario[] {
  return makers.map((make) => make(form)).filter(({ id }) => wanted.includes(id));
}
