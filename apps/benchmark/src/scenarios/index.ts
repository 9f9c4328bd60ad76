import type { Form, Scenario } from "../scenario.js";
import { eightAtOnce, thirtyTwoAtOnce } from "./at-once.js";
import { churn } from "./churn.js";
import { coldStart } from "./cold-start.js";
import { destroy } from "./destroy.js";
import { disk } from "./disk.js";
import { empty } from "./empty.js";
import { idleMemory } from "./idle-memory.js";
import { archiveJob, cloneJob } from "./job.js";
import { largeFile } from "./large-file.js";
import { nextCommand } from "./next-command.js";
import { output } from "./output.js";
import { residue } from "./residue.js";
import { slowReader } from "./slow-reader.js";
import { smallFile } from "./small-file.js";
import { transferMemory } from "./transfer-memory.js";

/** What most people ask comes first: where the time of a run is up, it is the rest that is left out. */
const makers = [
  coldStart,
  nextCommand,
  destroy,
  residue,
  eightAtOnce,
  thirtyTwoAtOnce,
  churn,
  smallFile,
  idleMemory,
  disk,
  output,
  largeFile,
  transferMemory,
  slowReader,
  archiveJob,
  cloneJob,
  empty,
];

export const scenarioIds: readonly string[] = makers.map((make) => make("full").id);

/** Those that were asked for, all by default, in the order in which they are run. */
export function scenariosOf(form: Form, wanted: readonly string[] = scenarioIds): Scenario[] {
  return makers.map((make) => make(form)).filter(({ id }) => wanted.includes(id));
}
