import type { Plan } from "./plan.js";

const mark = "nanoclaw-prepare: step";

/**
 * A plan as a Dockerfile. Scripts stand in the exec form, as JSON, so that nothing in them can end an instruction. Each
 * says its step's name first: every builder tells its progress in another way, and the guest's output alike.
 */
export function dockerfileOf({ from, user, steps }: Plan): string {
  const runs = steps.map(({ name, script }) => {
    return `RUN ${JSON.stringify(["/bin/sh", "-ec", `echo '${mark} ${name}'\n${script}`])}`;
  });
  return `${[`FROM ${from}`, "USER root", ...runs, ...(user === undefined ? [] : [`USER ${user}`])].join("\n")}\n`;
}

/** The step whose beginning a line of the build's output tells. A builder may show the script, too: its end is another. */
export function stepBegunBy(line: string): string | undefined {
  return new RegExp(`(?:^|\\s)${mark} ([a-z0-9-]+)\\s*$`).exec(line)?.[1];
}
