import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { Command, Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { logLine, printLine } from "../output/print.js";
import { startService } from "../service/life-cycle.js";
import { hasKernel, installKernel } from "../state/kernel.js";
import { register } from "../state/service-registration.js";
import { isAtLeast } from "../state/settings.js";

const KERNEL_ADDRESS =
  "https://github.com/kata-containers/kata-containers/releases/download/3.28.0/kata-static-3.28.0-arm64.tar.zst";

/** Nothing happens to a service that is up (apple-container.md §3.1). */
export const run: Command = async (parsed, context) => {
  const { home, settings } = context;
  // Until 1.2.0 what it tells goes to stdout.
  const tell = isAtLeast(settings, "1.2.0") ? logLine : printLine;
  tell("Launching container-apiserver...");
  register(home);
  await setTimeout(settings.serviceStartMs);
  tell("Testing access to container-apiserver...");
  await waitForService(home, Number(parsed.text("timeout")) * 1000);
  if (isAtLeast(settings, "1.0.0")) tell("Verifying machine API server is running...");
  if (!hasKernel(home, settings) && !parsed.flag("disable-kernel-install")) {
    await offerKernel(context, parsed.flag("enable-kernel-install"), tell);
  }
  return 0;
};

async function waitForService(home: string, timeoutMs: number): Promise<void> {
  try {
    await startService(home, timeoutMs);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContainerFailure("timeout", `failed to get a response from apiserver: ${reason}`);
  }
}

async function offerKernel(context: Context, isAgreed: boolean, tell: (text: string) => void): Promise<void> {
  if (!isAgreed) {
    printLine("No default kernel configured.");
    process.stdout.write(`Install the recommended default kernel from [${KERNEL_ADDRESS}]? [Y/n]: `);
    const answer = await readAnswer();
    if (answer === undefined) throw new ContainerFailure("internalError", "failed to read user input");
    if (answer !== "" && answer.toLowerCase() !== "y") {
      tell(
        "Please use the `container system kernel set --recommended` command to configure the default kernel",
      );
      return;
    }
  }
  tell("Installing kernel...");
  await setTimeout(context.settings.pullMs);
  installKernel(context.home);
}

/** One line of stdin; undefined where there is none. */
async function readAnswer(): Promise<string | undefined> {
  for await (const line of createInterface({ input: process.stdin })) return line.trim();
  return undefined;
}
