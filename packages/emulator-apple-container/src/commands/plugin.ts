import { readArguments, ValidationFailure } from "@nanoclaw/emulator-base";
import { container } from "../arguments/program.js";
import type { Command, Context } from "../context.js";
import { printLine } from "../output/print.js";
import { isServiceUp } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";

/** A first word that names no command is the name of a plugin (apple-container.md §2.1). Of the one that
 * is installed since 1.2.1 nothing is imitated. */
export const run: Command = async (parsed, context) => {
  const [word] = parsed.texts("words");
  if (word === undefined) return showHelp(context);
  if (word === "") throw new ValidationFailure("Unknown argument ''");
  if (word.startsWith("-")) throw new ValidationFailure(`Unknown option '${word}'`);
  if (await isServiceUp(context.home)) {
    if (word === "k8s" && isAtLeast(context.settings, "1.2.1"))
      throw new Error("the plugin k8s is not emulated");
    throw new ValidationFailure(
      `Plugin 'container-${word}' not found.\n\n` +
        "- If system services are not running, start them with: container system start\n" +
        "- If the plugin isn't installed, ensure that it is among the plugins of the installation\n",
    );
  }
  throw new ValidationFailure(
    "Plugins are unavailable. Start the container system services and retry:\n\n    container system start\n",
  );
};

async function showHelp(context: Context): Promise<number> {
  const answer = readArguments(container, ["help"], context.settings);
  if (answer.type === "answer") process.stdout.write(answer.stdout ?? "");
  if (!(await isServiceUp(context.home))) {
    printLine("\nPLUGINS: not available, run `container system start`");
  }
  return 0;
}
