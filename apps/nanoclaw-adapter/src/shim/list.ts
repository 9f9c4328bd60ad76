import type { Installation } from "../installation.js";
import { labelNames } from "../labels.js";
import type { Host } from "../run/group-sandbox.js";
import { type Call, printable } from "./flags.js";
import { Refusal } from "./refusal.js";
import { type RunRecord, RunRecords } from "./run-records.js";

type ListCall = Extract<Call, { command: "ps" }>;

/** The names of this installation's runs, and never of another's, whatever the filter says (NanoClaw #1487). */
export async function list(
  flags: ListCall["flags"],
  installation: Installation,
  getHost: () => Promise<Host>,
): Promise<number> {
  if (flags.format !== "{{.Names}}") {
    throw new Refusal("docker ps: only --format {{.Names}} is known.", {
      exitCode: 1,
      hint: "`nanoclaw-sandbox status` shows more.",
    });
  }
  const fits = filterOf(flags.filter ?? [], installation);
  const records = new RunRecords(installation);
  const found: string[] = [];
  for (const record of (await records.list()).filter(fits)) {
    if (await isThere(record, records, getHost)) found.push(record.name);
    else await records.forget(record.name);
  }
  process.stdout.write(found.map((name) => `${name}\n`).join(""));
  return 0;
}

/** Engines are asked only about runs whose process was killed. One that does not answer may still have it. */
async function isThere(
  record: RunRecord,
  records: RunRecords,
  getHost: () => Promise<Host>,
): Promise<boolean> {
  if (await records.isAlive(record.name)) return true;
  if (record.runtime === undefined) return false;
  const { leftOf } = await import("./left-sandboxes.js");
  try {
    return (await leftOf(record, await getHost())).length > 0;
  } catch (error) {
    const { messageOf } = await import("./messages.js");
    process.stderr.write(messageOf(error));
    return true;
  }
}

/** As Docker: of several names one has to fit, of several labels all. */
function filterOf(filters: readonly string[], installation: Installation): (record: RunRecord) => boolean {
  const names: string[] = [];
  const labels: string[] = [];
  for (const filter of filters) {
    const [, key, value = ""] = /^(name|label)=(.+)$/s.exec(filter) ?? [];
    if (key === undefined) {
      throw new Refusal(`docker ps: the filter ${printable(filter)} is not known.`, {
        exitCode: 1,
        hint: "Known are name=TEXT and label=NAME[=VALUE].",
      });
    }
    (key === "name" ? names : labels).push(value);
  }
  return ({ name, labels: own, folder }) => {
    const all: Record<string, string> = {
      ...own,
      [labelNames.installation]: installation.slug,
      [labelNames.folder]: folder,
    };
    const hasLabel = (label: string) => {
      const equals = label.indexOf("=");
      return equals < 0 ? label in all : all[label.slice(0, equals)] === label.slice(equals + 1);
    };
    return (names.length === 0 || names.some((text) => name.includes(text))) && labels.every(hasLabel);
  };
}
