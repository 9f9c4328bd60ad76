import { timed } from "../clock.js";
import type { LiveSandbox } from "../contender.js";
import type { Form, Reading, Scenario } from "../scenario.js";
import { tokenCommand } from "./command.js";

interface Crowd {
  readonly id: string;
  readonly words: string;
  readonly workerCount: number;
  readonly commandsOfWorker: number;
  readonly rounds: number;
  readonly baselineRounds?: number;
  readonly budgetMs?: number;
}

export function eightAtOnce(form: Form): Scenario {
  const words = { id: "eight-at-once", words: "eight", workerCount: 8 };
  return form === "full"
    ? // Five rounds of 200 are 1,000 commands.
      atOnce({ ...words, commandsOfWorker: 25, rounds: 5, baselineRounds: 1, budgetMs: 120_000 })
    : atOnce({ ...words, commandsOfWorker: 1, rounds: 3 });
}

export function thirtyTwoAtOnce(form: Form): Scenario {
  const words = { id: "thirty-two-at-once", words: "32", workerCount: 32 };
  return form === "full"
    ? atOnce({ ...words, commandsOfWorker: 4, rounds: 3, baselineRounds: 1, budgetMs: 60_000 })
    : atOnce({ ...words, commandsOfWorker: 1, rounds: 2, baselineRounds: 0 });
}

/** Workers that each run one command after another in the same sandbox. */
function atOnce({ id, words, workerCount, commandsOfWorker, ...amounts }: Crowd): Scenario {
  return {
    id,
    question: `How long does each command take when ${words} run at once in one sandbox?`,
    metrics: [{ id: "latency", title: `${workerCount} commands at once, each`, unit: "ms" }],
    warmups: 0,
    ...amounts,
    async prepare(contender) {
      const sandbox = await contender.start();
      return {
        async turn() {
          const workers = Array.from({ length: workerCount }, (_, worker) =>
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
