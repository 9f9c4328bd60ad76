import { timed } from "../clock.js";
import type { LiveSandbox } from "../contender.js";
import type { Form, Reading, Scenario } from "../scenario.js";
import { tokenCommand } from "./command.js";

const WORKERS = 8;

/** Eight workers that each run one command after another in the same sandbox. */
export function eightAtOnce(form: Form): Scenario {
  const commandsOfWorker = form === "full" ? 25 : 3;
  return {
    id: "eight-at-once",
    question: "How long does each command take when eight run at once in one sandbox?",
    metrics: [{ id: "latency", title: "8 commands at once, each", unit: "ms" }],
    // Five rounds of 200 are 1,000 commands.
    rounds: form === "full" ? 5 : 2,
    warmups: form === "full" ? 1 : 0,
    ...(form === "full" ? {} : { budgetMs: 5_000 }),
    async prepare(contender) {
      const sandbox = await contender.start();
      return {
        async turn() {
          const workers = Array.from({ length: WORKERS }, (_, worker) =>
            work(sandbox, worker, commandsOfWorker),
          );
          return (await Promise.all(workers)).flat();
        },
        end: () => sandbox.remove(),
      };
    },
  };
}

async function work(sandbox: LiveSandbox, worker: number, count: number): Promise<Reading[]> {
  const readings: Reading[] = [];
  while (readings.length < count) {
    const command = tokenCommand();
    const { ms, value } = await timed(() => sandbox.exec(command.argv));
    command.check(value);
    readings.push({ metric: "latency", value: ms, worker });
  }
  return readings;
}
