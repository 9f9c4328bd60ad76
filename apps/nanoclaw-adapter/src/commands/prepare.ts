import { type Command, Option } from "commander";
import { installationOf } from "../command-line/installation.js";
import { interruptSignal } from "../command-line/interrupt.js";
import type { PreparationWishes } from "../prepare/preparation.js";

interface PrepareFlags extends PreparationWishes {
  readonly dryRun?: boolean;
  readonly discard?: boolean;
}

export function addPrepareCommand(program: Command): void {
  program
    .command("prepare")
    .description("make the base image of an engine, with the agents' programs, each looked for in it")
    .addOption(
      new Option("--engine <engine>", "default: CONTAINER_RUNTIME, then the policy's default").choices([
        "tart",
        "docker",
        "container",
      ]),
    )
    .option("--recipe <file>", "what to install; default: the recipe of this package")
    .option("--image <name>", "the image's name; default: as the policy or TART_BASE_IMAGE says")
    .option("--update", "take newer versions, a newer image to begin with, or a changed recipe")
    .option("--replace", "take the name from an image that was not prepared by this program")
    .addOption(new Option("--dry-run", "say what would be done, and do nothing"))
    .addOption(
      new Option("--discard", "throw away what a call has left that failed").conflicts([
        "dryRun",
        "update",
        "replace",
        "recipe",
      ]),
    )
    .action(async (flags: PrepareFlags, command: Command) => {
      const { preparationOf } = await import("../prepare/preparation.js");
      const { discard, prepare, previewOf } = await import("../prepare/prepare.js");
      const { notice, print } = await import("../command-line/output.js");
      const signal = interruptSignal();
      const tell = (line: string) => void notice(line);
      const options = await preparationOf(installationOf(command), flags, { signal, tell });
      const { image, runtime } = options;
      if (flags.discard) {
        const thrown = await discard(options);
        return await print(
          thrown ? `Thrown away: what was begun of ${image}.` : `Nothing was begun of ${image}.`,
        );
      }
      if (flags.dryRun) {
        const { previewText } = await import("../prepare/texts.js");
        return await print(previewText(await previewOf(options), image));
      }
      const { preparedText } = await import("../prepare/texts.js");
      await print(preparedText(await prepare(options), runtime));
    });
}
