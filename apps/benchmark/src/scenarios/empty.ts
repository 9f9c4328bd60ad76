import { timed } from "../clock.js";
import type { Form, Scenario } from "../scenario.js";

/** Nothing at all, timed as everything else is. */
export function empty(form: Form): Scenario {
  return {
    id: "empty",
    question: "How much does the harness itself add to a sample?",
    metrics: [{ id: "time", title: "nothing at all: what the harness adds", unit: "ms" }],
    rounds: form === "full" ? 200 : 50,
    warmups: 10,
    async prepare() {
      return {
        async turn() {
          const { ms } = await timed(async () => undefined);
          return [{ metric: "time", value: ms }];
        },
        end: async () => undefined,
      };
    },
  };
}
