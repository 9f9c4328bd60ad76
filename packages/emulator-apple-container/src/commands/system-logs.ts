import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ValidationFailure } from "@nanoclaw/emulator-base";
import type { Command } from "../context.js";

/** What the service has written to its log, all of it: lines have no time here. `--follow` waits for ever. */
export const run: Command = async (parsed, { home }) => {
  if (!/^\d+[mhd]$/.test(parsed.text("last"))) {
    throw new ValidationFailure(`invalid time: ${parsed.text("last")}`, "system logs");
  }
  const path = join(home, "service.log");
  if (existsSync(path)) await pipeline(createReadStream(path), process.stdout, { end: false });
  if (!parsed.flag("follow")) return 0;
  const dayMs = 86_400_000;
  return await new Promise<number>(() => setInterval(() => undefined, dayMs));
};
