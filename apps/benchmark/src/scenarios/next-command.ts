import { timed } from "../clock.js";
import type { Form, Scenario } from "../scenario.js";
import { tokenCommand } from "./command.js";

/** One command after another in a sandbox that is there. */
export function nextCommand(form: Form): Scenario {
  return {
    id: "next-command",
    question: "How long does a further command take in a sandbox that is there?",
    metrics: [{ id: "latency", title: "next command", unit: "ms" }],
    rounds: form === "full" ? 50 : 10,
    warmups: form === "full" ? 3 : 1,
    async prepare(contender) {
      const sandbox = await contender.start();
      return {
        async turn() {
          const command = tokenCommand();
          const { ms, value } = await timed(() => sandbox.exec(command.argv));
          command.check(value);
          return [{ metric: "latency", value: ms }];
        },
        end: () => sandbox.remove(),
      };
    },
  };
}
