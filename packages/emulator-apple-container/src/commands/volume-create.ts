import type { Command } from "../context.js";
import { bytesOf } from "../options/memory.js";
import { refuse } from "../options/refuse.js";
import { optionsOf } from "../options/resource-labels.js";
import { requireVolumeName } from "../options/volume-name.js";
import { printLine } from "../output/print.js";
import { requireService } from "../state/service-socket.js";
import { createVolume } from "../state/volumes.js";

const JOURNALS = ["ordered", "writeback", "journal"];

/** apple-container.md §10.4. */
export const run: Command = async (parsed, { home }) => {
  const name = parsed.text("name");
  const options = optionsOf(parsed.texts("opt"));
  const labels = optionsOf(parsed.texts("label"));
  const size = parsed.optionalText("s") ?? options.size;
  await requireService(home);
  requireVolumeName(name);
  requireJournal(options.journal);
  createVolume(home, {
    name,
    labels,
    options: size === undefined ? options : { ...options, size },
    ...(size !== undefined && { sizeInBytes: bytesOf(size) }),
  });
  printLine(name);
  return 0;
};

/** `MODE[:SIZE]`. */
function requireJournal(text: string | undefined): void {
  if (text === undefined) return;
  const [mode = "", size, ...others] = text.split(":");
  if (!JOURNALS.includes(mode) || others.length > 0) refuse(`invalid journal mode: ${text}`);
  if (size !== undefined) bytesOf(size);
}
