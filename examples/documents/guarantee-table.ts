import { checks, type Guarantee, guarantees } from "@nanoclaw/sandbox-conformance";
import { markdownTable } from "./markdown-table.js";

/** Complete by its type. With each promise the check that tells most of it. */
const promises: Readonly<Record<Guarantee, readonly [promise: string, check: string]>> = {
  G1: ["Nothing of an earlier run is there: files, processes, environment, clock, network", "G1.files"],
  G2: [
    "`createSandbox` gives a ready sandbox or leaves nothing, wherever it fails or is aborted",
    "G2.aborted",
  ],
  G3: [
    "When the owner dies, by SIGKILL too, its sandboxes are gone, within seconds, unattended",
    "G3.killed",
  ],
  G4: [
    "`destroy` returns after the engine no longer knows the sandbox. Twice, or during a call, is fine",
    "G4.destroy",
  ],
  G5: [
    "When `kill`, a time limit or an abort returns, the whole process tree in the guest is gone",
    "G5.kill-detached",
  ],
  G6: [
    "Exit code, signal, limit, abort, lost: each is told as what it was. Unknown is never success",
    "G6.lost",
  ],
  G7: [
    "Every byte, in order, stdout and stderr apart, to the last; memory stays flat on any amount",
    "G7.every-byte",
  ],
  G8: [
    "An option is enforced, and read back from the engine, or refused before anything is made",
    "G8.limit-memory",
  ],
  G9: ["Every call to an engine has a deadline. A wedged engine is an error, not a hang", "G9.wedged-engine"],
  G10: [
    "Nothing is ever stopped or removed that this installation cannot prove it made",
    "G10.foreign-remove",
  ],
  G11: [
    "Secrets are in no argument list, engine record, log, event, error or file on the host",
    "G11.nowhere-else",
  ],
  G12: ["Paths, arguments, names and values from outside never reach a shell as code", "G12.arguments"],
};

/** Each promise with a link to the checks that prove it. */
export function guaranteeTable(): string {
  const ids = Object.keys(promises) as Guarantee[];
  return markdownTable([
    ["", "promise", "proved by"],
    ...ids.map((id) => [`**${id} ${guarantees[id]}**`, promises[id][0], link(id)]),
  ]);
}

function link(id: Guarantee): string {
  const [, telling] = promises[id];
  if (!checks.some((check) => check.id === telling)) throw new Error(`There is no check ${telling}.`);
  const anchor = `${id} ${guarantees[id]}`.toLowerCase().replaceAll(" ", "-");
  return `[\`${telling}\` and others](docs/conformance.md#${anchor})`;
}
