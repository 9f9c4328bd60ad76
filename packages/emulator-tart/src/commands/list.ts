import { readdirSync } from "node:fs";
import type { Command } from "../arguments/parsed.js";
import { hasErrorCode, SystemFailure } from "../failures.js";
import { formatJson } from "../json.js";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import { readSockets } from "../store/locks.js";
import { listCache } from "../store/oci-cache.js";
import { formatRemoteName } from "../store/remote-name.js";
import { isAtLeast } from "../store/settings.js";
import { localDirectory, stateOf, type VmDirectory, type VmState } from "../store/vm-directory.js";
import { textTable } from "../text-table.js";
import { ago } from "./ago.js";
import { diskGigabytes, sizeText } from "./machine-row.js";

interface Row {
  readonly source: "local" | "OCI";
  readonly name: string;
  readonly disk: number | null;
  readonly size: number;
  readonly accessed: Date;
  readonly state: VmState;
}

export const run: Command = async (parsed, home) => {
  const source = parsed.optionalText("source");
  const rows = [...(source === "oci" ? [] : localRows(home)), ...(source === "local" ? [] : cacheRows(home))];
  const text = parsed.flag("quiet")
    ? rows.map(({ name }) => name).join("\n")
    : parsed.text("format") === "json"
      ? formatJson(rows.map((row) => jsonRow(home, row)))
      : textRows(home, rows);
  process.stdout.write(`${text}\n`);
  return 0;
};

function localRows(home: TartHome): Row[] {
  const sockets = readSockets();
  const names = readdirSync(home.vms).sort();
  if (faultStrikes(home, "list-race")) throw vanished(names[0] ?? "vm");
  return names.flatMap((name) => {
    const directory = localDirectory(home, name);
    if (!directory.isComplete) return [];
    return [readRow(name, () => rowOf(home, { directory, name, source: "local", sockets }))];
  });
}

function cacheRows(home: TartHome): Row[] {
  return listCache(home).map(({ name, directory }) => {
    const text = formatRemoteName(name);
    return readRow(text, () => rowOf(home, { directory, name: text, source: "OCI", sockets: "" }));
  });
}

/** One machine that is deleted meanwhile makes the whole list fail. */
function readRow(name: string, read: () => Row): Row {
  try {
    return read();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) throw vanished(name);
    throw error;
  }
}

function vanished(name: string): SystemFailure {
  return new SystemFailure(`The file “${name}” couldn’t be opened because there is no such file.`);
}

function rowOf(
  home: TartHome,
  given: { directory: VmDirectory; name: string; source: Row["source"]; sockets: string },
): Row {
  const { directory, name, source, sockets } = given;
  const state = stateOf(home, directory, sockets);
  return {
    source,
    name,
    disk: diskGigabytes(home, directory, state),
    size: Math.trunc(directory.allocatedSize / 1e9),
    accessed: directory.accessed,
    state,
  };
}

function jsonRow(home: TartHome, { source, name, disk, size, accessed, state }: Row) {
  const { settings } = home;
  const isRecent = isAtLeast(settings, "2.31.0");
  return {
    Source: isRecent ? source : source.toLowerCase(),
    Name: name,
    Disk: disk,
    Size: size,
    Accessed: isRecent ? accessed.toISOString().replace(/\.\d+Z$/, "Z") : undefined,
    SizeOnDisk: isAtLeast(settings, "2.15.0") && !isRecent ? size : undefined,
    Running: state === "running",
    State: state,
  };
}

function textRows(home: TartHome, rows: readonly Row[]): string {
  const isRecent = isAtLeast(home.settings, "2.31.0");
  const hasSizeOnDisk = isAtLeast(home.settings, "2.15.0") && !isRecent;
  const header = ["Source", "Name", "Disk", "Size", isRecent ? "Accessed" : "SizeOnDisk", "State"];
  const cells = rows.map(({ source, name, disk, size, accessed, state }) => [
    isRecent ? source : source.toLowerCase(),
    name,
    sizeText(home, disk),
    sizeText(home, size),
    isRecent ? ago(accessed) : sizeText(home, size),
    state,
  ]);
  const keep = (_: string, column: number) => column !== 4 || isRecent || hasSizeOnDisk;
  return textTable(
    header.filter(keep),
    cells.map((line) => line.filter(keep)),
  );
}
