import { writeFileSync } from "node:fs";
import type { Command } from "../arguments/parsed.js";
import { moveInto } from "../store/copy.js";
import { makeTemporary } from "../store/temporary.js";
import { newConfig, writeConfig } from "../store/vm-config.js";
import { localDirectory, makeSparse } from "../store/vm-directory.js";

/** The machine has no system: no guest can be booted from its disk. */
export const run: Command = async (parsed, home) => {
  const temporary = await makeTemporary(home);
  const { directory } = temporary;
  const diskFormat = parsed.optionalText("disk-format") === "asif" ? "asif" : "raw";
  writeConfig(directory.config, newConfig(parsed.flag("linux") ? "linux" : "darwin", diskFormat));
  writeFileSync(directory.nvram, "");
  makeSparse(directory.disk, parsed.number("disk-size") * 1e9);
  await moveInto(home, temporary, localDirectory(home, parsed.text("name")).path);
  return 0;
};
