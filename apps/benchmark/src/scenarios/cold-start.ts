import type { Phases } from "../contender.js";
import type { Metric } from "../measurement.js";
import type { Form, Scenario } from "../scenario.js";
import { tokenCommand } from "./command.js";

const without = "is not told apart";

/** A contender tells either creation and start, or both as one, and may need nothing more to be ready. */
const phaseMetrics = {
  create: { id: "phase-create", title: "cold start: create", unit: "ms", without },
  start: { id: "phase-start", title: "cold start: start", unit: "ms", without },
  made: { id: "phase-made", title: "cold start: create and start as one", unit: "ms", without },
  ready: { id: "phase-ready", title: "cold start: ready", unit: "ms", without },
  firstCommand: { id: "phase-first-command", title: "cold start: first command", unit: "ms", without },
} as const satisfies Record<keyof Phases, Metric>;

const phaseIds = Object.keys(phaseMetrics) as ReadonlyArray<keyof Phases>;

/** From nothing to the first output of a command in a fresh sandbox, and on until nothing is left of it. */
export function coldStart(form: Form): Scenario {
  return {
    id: "cold-start",
    question: "How long from nothing to the first output of a command in a fresh sandbox?",
    metrics: [
      { id: "first-output", title: "cold start to first output", unit: "ms" },
      { id: "whole", title: "cold start, one command, removal", unit: "ms" },
      ...Object.values(phaseMetrics),
    ],
    // Enough to see 20 ms more on an engine that takes 250.
    rounds: form === "full" ? 80 : 5,
    warmups: form === "full" ? 2 : 1,
    ...(form === "full" ? { baselineRounds: 40, budgetMs: 120_000 } : {}),
    async prepare(contender) {
      return {
        async turn() {
          const command = tokenCommand();
          const begin = performance.now();
          const started = await contender.firstOutput(command.argv);
          const firstOutput = performance.now() - begin;
          const { phases = {} } = started;
          const { output } = await started.finish();
          const whole = performance.now() - begin;
          command.check(output);
          return [
            { metric: "first-output", value: firstOutput },
            { metric: "whole", value: whole },
            ...phaseIds.flatMap((id) => {
              const value = phases[id];
              return value === undefined ? [] : [{ metric: phaseMetrics[id].id, value }];
            }),
          ];
        },
        // Each turn removes what it made.
        end: async () => undefined,
      };
    },
  };
}
