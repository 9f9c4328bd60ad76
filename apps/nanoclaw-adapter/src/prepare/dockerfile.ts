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

/** The step that a line of the build's output is about: as builders show the instruction, or as the guest says it. */
export function stepBegunBy(line: string): string | undefined {
  return new RegExp(`${mark} ([a-z0-9-]+)`).exec(line)?.[1];
}

/** What a builder says of an instruction that failed, without the instruction. */
export function buildFailure(message: string): string {
  const exitCode = /non-zero code: (\d+)|exit (?:code|status):? (\d+)/i.exec(message)?.slice(1).find(Boolean);
  return exitCode === undefined
    ? message.split("\n", 1).join("").replace(/\.$/, "")
    : `it exited with ${exitCode}`;
}
