import { createRequire } from "node:module";
import { Command } from "commander";
import { addDoctorCommand } from "./commands/doctor.js";
import { addDriverFileCommand } from "./commands/driver-file.js";
import { addExplainCommand } from "./commands/explain.js";
import { addPrepareCommand } from "./commands/prepare.js";
import { addRecommendCommand } from "./commands/recommend.js";
import { addShimCommand } from "./commands/shim.js";
import { addStatusCommand } from "./commands/status.js";

const examples = `
Examples:
  nanoclaw-sandbox doctor                       which engines are there, and is the policy in order
  nanoclaw-sandbox explain finance              which engine a group runs in, and why
  nanoclaw-sandbox prepare --engine docker      make the base image, with the agents' programs
  nanoclaw-sandbox status                       what runs, what waits, what became of it
  nanoclaw-sandbox recommend real-time-chat     which engine suits a task

Exit codes: 0 all is well; 1 it is not, as the output says; 2 the command line is wrong.`;

/** The command line. Each command adds itself, and loads what it needs when it runs. Its exit code is `process.exitCode`. */
export function createProgram(): Command {
  const program = new Command("nanoclaw-sandbox")
    .description("Which engine each NanoClaw group runs in, and why.")
    .version(version(), "-V, --version")
    .option("--root <directory>", "NanoClaw's checkout; default: the working directory")
    .addHelpText("after", examples)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "nanoclaw-sandbox: ")) });
  addExplainCommand(program);
  addRecommendCommand(program);
  addDoctorCommand(program);
  addPrepareCommand(program);
  addStatusCommand(program);
  addShimCommand(program);
  addDriverFileCommand(program);
  return program;
}

function version(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return version;
}
