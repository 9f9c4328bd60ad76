import { fileURLToPath } from "node:url";
import type { Command } from "commander";

/** `nanoclaw-sandbox shim`: where the executable named `docker` is. */
export function addShimCommand(program: Command): void {
  program
    .command("shim")
    .description(
      "Print the directory to put first in PATH of NanoClaw 1 and 2.0, with an executable named docker.",
    )
    .action(() => {
      process.stdout.write(`${fileURLToPath(new URL("./shim", import.meta.url))}\n`);
    });
}
