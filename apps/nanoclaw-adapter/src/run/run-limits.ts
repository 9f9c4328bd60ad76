import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Decision } from "../policy/decision.js";
import { RunEnd } from "./run-end.js";

/** What NanoClaw 1's agents print after each answer. */
const answerEnd = Buffer.from("---NANOCLAW_OUTPUT_END---");
/** How often the files by which NanoClaw 2's agents answer are looked at, in milliseconds, and in parts of a limit. */
const longestLookMs = 5_000;
const looksInLimit = 4;

/** A run, as far as its limits go. */
export interface LimitedRun {
  readonly line: "v1" | "v2";
  readonly folder: string;
  /** The directory of NanoClaw 2's session on the host: with the databases by which its agent answers. */
  readonly session?: string;
}

/** Tells the limits what the agent does, and that it has ended. */
export interface RunLimits {
  wrote(stream: "stdout" | "stderr", data: Uint8Array): void;
  stop(): void;
}

/**
 * Holds a run to the limits that policy gives it: `runMs` from its start or its latest answer, `idleMs` without a sign
 * of life after an answer. By NanoClaw 1 answers are on standard output. By NanoClaw 2 they are in the session's
 * database and its heartbeat is a file, and a run is idle from its start on, as it may have been woken for nothing.
 */
export function holdToLimits(
  { line, folder, session }: LimitedRun,
  { timeouts, keptByNanoClaw = [] }: Pick<Decision, "timeouts" | "keptByNanoClaw">,
  onPassed: (words: string) => void,
): RunLimits {
  const end = new RunEnd();
  end.signal.addEventListener("abort", () => {
    const { ending } = end;
    if (ending?.why !== "run" && ending?.why !== "idle") return;
    const what = ending.why === "run" ? "without an answer" : "idle";
    onPassed(
      `The run was ${what} for ${ending.limitMs} ms and is ended. timeouts.${ending.why}Ms of the group ${folder} in the policy says how long it may be.`,
    );
  });
  const restart = (why: "run" | "idle"): void => {
    if (!keptByNanoClaw.includes(`${why}Ms`)) end.restart(why, timeouts[`${why}Ms`]);
  };
  const answered = (): void => {
    restart("run");
    restart("idle");
  };
  restart("run");
  if (line === "v1") {
    const answers = new AnswerCount();
    return {
      wrote: (stream, data) => {
        if (stream === "stdout" && answers.in(data)) answered();
      },
      stop: () => end.stop(),
    };
  }
  restart("idle");
  const everyMs = Math.min(longestLookMs, Math.min(timeouts.runMs, timeouts.idleMs) / looksInLimit);
  const stopLooking =
    session === undefined
      ? () => undefined
      : onChange(
          { [join(session, "outbound.db")]: answered, [join(session, ".heartbeat")]: () => restart("idle") },
          everyMs,
        );
  return {
    wrote: () => restart("idle"),
    stop: () => {
      stopLooking();
      end.stop();
    },
  };
}

/** Finds the ends of answers in output that is cut anywhere. */
class AnswerCount {
  #before = Buffer.alloc(0);

  in(data: Uint8Array): boolean {
    const text = Buffer.concat([this.#before, data]);
    this.#before = text.subarray(Math.max(0, text.length - answerEnd.length + 1));
    return text.includes(answerEnd);
  }
}

/** Calls back when a file is another than at the last look. The agent makes them: no link is followed. */
function onChange(files: Readonly<Record<string, () => void>>, everyMs: number): () => void {
  const seen = new Map<string, number>();
  let stopped = false;
  const look = async (): Promise<void> => {
    for (const [file, changed] of Object.entries(files)) {
      const time = await lstat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      // A limit that is started after the end would keep the whole program.
      if (stopped) return;
      if (time === undefined || seen.get(file) === time) continue;
      seen.set(file, time);
      changed();
    }
  };
  void look();
  const timer = setInterval(() => void look(), everyMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
