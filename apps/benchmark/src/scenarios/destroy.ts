import { timed } from "../clock.js";
import type { LiveSandbox } from "../contender.js";
import type { Form, Scenario } from "../scenario.js";

/** The end of a sandbox that has run a command. */
export function destroy(form: Form): Scenario {
  return {
    id: "destroy",
    question: "How long does the removal of a sandbox take?",
    metrics: [{ id: "time", title: "destroy", unit: "ms" }],
    rounds: form === "full" ? 24 : 5,
    warmups: form === "full" ? 2 : 0,
    ...(form === "full" ? { baselineRounds: 20 } : {}),
    async prepare(contender) {
      let left: LiveSandbox | undefined;
      return {
        async turn() {
          const sandbox = await contender.start();
          left = sandbox;
          await sandbox.exec(["echo", "ready"]);
          const { ms } = await timed(() => sandbox.remove());
          left = undefined;
          return [{ metric: "time", value: ms }];
        },
        end: async () => left?.remove(),
      };
    },
  };
}
