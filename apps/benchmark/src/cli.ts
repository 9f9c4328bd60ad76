#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { addCompareCommand } from "./compare-command.js";
import { failureMessage } from "./failure-message.js";
import { readResult } from "./parse-result.js";
import { verdictsOf } from "./report/checks.js";
import { showable } from "./report/emulated.js";
import { htmlOf } from "./report/html/document.js";
import { markdownOf } from "./report/markdown.js";
import { allHold, verdictTable } from "./report/verdicts.js";
import { addRunCommand } from "./run-command.js";
import { ownVersion } from "./version.js";

const program = new Command("sandbox-bench")
  .description("Compares sandbox engines on this machine, beside what they do by their own means.")
  .version(ownVersion())
  .showHelpAfterError();

addRunCommand(program);
addCompareCommand(program);

program
  .command("check")
  .description("say which promises a run keeps; exits with 1 when one is broken")
  .argument("<file>", "what run --json wrote")
  .action((file: string) => {
    const verdicts = verdictsOf(showable(readResult(file), { includeEmulated: false }));
    process.stdout.write(`${verdictTable(verdicts)}\n`);
    if (!allHold(verdicts)) process.exitCode = 1;
  });

program
  .command("report")
  .description("write a run as Markdown")
  .argument("<file>", "what run --json wrote")
  .option("--html <file>", "write one page with charts there instead, which needs nothing else")
  .option("--include-emulated", "with figures of emulators, marked")
  .action((file: string, flags: { html?: string; includeEmulated?: true }) => {
    const result = showable(readResult(file), { includeEmulated: flags.includeEmulated === true });
    if (flags.html === undefined) process.stdout.write(markdownOf(result));
    else writeFileSync(flags.html, htmlOf(result));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${failureMessage(error)}\n`);
  process.exitCode = 1;
}
