import { formatTable } from "../command-line/output.js";
import { dockerfileOf } from "./dockerfile.js";
import type { Plan } from "./plan.js";
import type { Prepared } from "./prepare.js";
import type { ImageRuntime } from "./recipe.js";

/** What would be done, for `--dry-run`. */
export function previewText(
  { plan, done, change }: { readonly plan: Plan; readonly done: number; readonly change: string },
  image: string,
): string {
  const { engine, from, steps } = plan;
  const rows = steps.map(({ name, version, verify }, index) => [
    `${index + 1}.`,
    name,
    version ?? "-",
    verify.map((command) => command.join(" ")).join(", "),
    index < done ? "done" : "to do",
  ]);
  const scripts =
    engine === "tart"
      ? steps.map(({ name, script }) => `# ${name}\n${script}\n`).join("\n")
      : dockerfileOf(plan);
  return [
    `${image} in ${engine}, made of ${from}: ${change}.`,
    ...["", formatTable([["", "STEP", "VERSION", "LOOKED FOR BY", "STATE"], ...rows]), "", scripts.trimEnd()],
  ].join("\n");
}

/** What was done, with each tool as it told itself. */
export function preparedText({ outcome, manifest }: Prepared, runtime: ImageRuntime): string {
  const { image, from, tools, preparedAt } = manifest;
  const rows = tools.map(({ step, version, command, output }) => [
    step,
    version ?? "-",
    command.join(" "),
    output,
  ]);
  const first =
    outcome === "current"
      ? `${image} is up to date: prepared at ${preparedAt}. Nothing was done.`
      : `${image} is prepared, of ${from.name}.`;
  const use =
    runtime === "tart"
      ? `Groups use it by TART_BASE_IMAGE=${image}, or by runtimes.tart.image of the policy.`
      : `Groups use it by runtimes.${runtime}.image of the policy: ${JSON.stringify(image)}.`;
  return [first, "", formatTable([["STEP", "VERSION", "LOOKED FOR BY", "IT SAID"], ...rows]), "", use].join(
    "\n",
  );
}
