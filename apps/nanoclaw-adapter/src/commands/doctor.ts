import type { Command } from "commander";
import { installationOf } from "../command-line/installation.js";
import { interruptSignal } from "../command-line/interrupt.js";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("look at settings, policy and engines, and say what fixes what is wrong")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { examine } = await import("../engines/examination.js");
      const { print, printJson } = await import("../command-line/output.js");
      const examination = await examine(installationOf(command), interruptSignal());
      const { healthy, sections } = examination;
      if (json) await printJson({ healthy, sections });
      else await print(sections.map(sectionText).join("\n\n"));
      process.exitCode = healthy ? 0 : 1;
    });
}

interface Section {
  readonly title: string;
  readonly facts: readonly string[];
  readonly problems: readonly { readonly message: string; readonly hint?: string }[];
}

function sectionText({ title, facts, problems }: Section): string {
  const told = problems.flatMap(({ message, hint }) => [
    `  ! ${message.split("\n").join("\n    ")}`,
    ...(hint ? [`    → ${hint}`] : []),
  ]);
  return [title, ...facts.map((fact) => `  ${fact}`), ...told].join("\n");
}
