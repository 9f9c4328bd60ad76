import type { Command } from "../context.js";
import { logLine } from "../output/print.js";
import { askedPlatform } from "../state/platform.js";
import { pullImage } from "../state/pull.js";
import { requireService } from "../state/service-socket.js";

/** Prints nothing on stdout; progress goes to stderr. */
export const run: Command = async (parsed, context) => {
  await requireService(context.home);
  const platform = askedPlatform(parsed, context.environment);
  const tell = parsed.text("progress") === "none" ? () => undefined : logLine;
  tell("[1/2] Fetching image [0s]");
  await pullImage(context, parsed.text("reference"), platform);
  tell("[2/2] Unpacking image [0s]");
  return 0;
};
