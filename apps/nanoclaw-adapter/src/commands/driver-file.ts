import type { Command } from "commander";

/** `nanoclaw-sandbox driver-file`: what the newest NanoClaw's registry of session drivers needs of us. */
export function addDriverFileCommand(program: Command): void {
  program
    .command("driver-file")
    .description(
      "Print src/drivers/mixed.ts of a NanoClaw with session drivers, which registers the driver mixed.",
    )
    .action(async () => {
      const { driverFile } = await import("../driver/driver-file.js");
      process.stdout.write(driverFile);
    });
}
