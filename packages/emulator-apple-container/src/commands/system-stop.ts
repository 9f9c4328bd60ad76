import type { Command } from "../context.js";
import { printLine } from "../output/print.js";
import { stopService } from "../service/life-cycle.js";
import { unregister } from "../state/service-registration.js";

/** Stops every container, and ends with 0 also where nothing runs (apple-container.md §3.2). */
export const run: Command = async (_parsed, { home }) => {
  for (const id of (await stopService(home)) ?? []) printLine(id);
  unregister(home);
  return 0;
};
