import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { ValidationFailure } from "@nanoclaw/emulator-base";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { logLine } from "../output/print.js";
import { installKernel } from "../state/kernel.js";
import { requireService } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";

/** Guests run on the host's kernel, whatever is installed (apple-container.md §3.4). */
export const run: Command = async (parsed, { home, settings }) => {
  const [binary, tar] = [parsed.optionalText("binary"), parsed.optionalText("tar")];
  const isRecommended = parsed.flag("recommended");
  if (!isRecommended && binary === undefined) {
    throw new ValidationFailure("Missing argument '--binary'", "system kernel set");
  }
  await requireService(home);
  const isRemote = tar !== undefined && /^https?:\/\//.test(tar);
  if (isRemote && parsed.optionalText("digest") === undefined && isAtLeast(settings, "1.2.0")) {
    throw new ContainerFailure("invalidArgument", "--digest is required for a remote tar");
  }
  const path = tar ?? binary;
  if (!isRecommended && !isRemote && path !== undefined && !existsSync(path)) {
    throw new ContainerFailure("notFound", `file does not exist: ${path}`);
  }
  logLine("Installing kernel...");
  if (isRecommended || isRemote) await setTimeout(settings.pullMs);
  installKernel(home);
  return 0;
};
