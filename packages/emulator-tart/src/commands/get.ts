import type { Command } from "../arguments/parsed.js";
import { formatJson } from "../json.js";
import { isAtLeast } from "../store/settings.js";
import type { VmConfig } from "../store/vm-config.js";
import { openLocal, stateOf } from "../store/vm-directory.js";
import { textTable } from "../text-table.js";
import { diskGigabytes, sizeText } from "./machine-row.js";

export const run: Command = async (parsed, home) => {
  const machine = openLocal(home, parsed.text("name"));
  const config = machine.readConfig();
  const state = stateOf(home, machine);
  const row = {
    OS: config.os,
    CPU: config.cpuCount,
    Memory: config.memorySize / 2 ** 20,
    Disk: diskGigabytes(home, machine, state),
    DiskFormat: isAtLeast(home.settings, "2.28.0") ? config.diskFormat : undefined,
    Size: (machine.allocatedSize / 1e9).toFixed(3),
    Display: displayText(config.display),
    State: state,
  };
  if (parsed.text("format") === "json") {
    process.stdout.write(`${formatJson({ ...row, Running: state === "running" })}\n`);
    return 0;
  }
  const shown = { ...row, Disk: sizeText(home, row.Disk), Size: sizeText(home, row.Size) };
  const cells = Object.entries(shown).filter(([, value]) => value !== undefined);
  const table = textTable(
    cells.map(([key]) => key),
    [cells.map(([, value]) => String(value))],
  );
  process.stdout.write(`${table}\n`);
  return 0;
};

function displayText({ width, height, unit }: VmConfig["display"]): string {
  return `${width}x${height}${unit ?? ""}`;
}
