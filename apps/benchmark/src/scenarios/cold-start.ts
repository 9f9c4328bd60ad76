import type { Form, Scenario } from "../scenario.js";
import { tokenCommand } from "./command.js";

/** From nothing to the first output of a command in a fresh sandbox, and on until nothing is left of it. */
export function coldStart(form: Form): Scenario {
  return {
    id: "cold-start",
    question: "How long from nothing to the first output of a command in a fresh sandbox?",
    metrics: [
      { id: "first-output", title: "cold start to first output", unit: "ms" },
      { id: "whole", title: "cold start, one command, removal", unit: "ms" },
    ],
    rounds: form === "full" ? 30 : 5,
    warmups: form === "full" ? 2 : 1,
    ...(form === "full" ? {} : { budgetMs: 8_000 }),
    async prepare(contender) {
      return {
        async turn() {
          const command = tokenCommand();
          const begin = performance.now();
          const started = await contender.firstOutput(command.argv);
          const firstOutput = performance.now() - begin;
          const { output } = await started.finish();
          const whole = performance.now() - begin;
          command.check(output);
          return [
            { metric: "first-output", value: firstOutput },
            { metric: "whole", value: whole },
          ];
        },
        // Each turn removes what it made.
        end: async () => undefined,
      };
    },
  };
}
