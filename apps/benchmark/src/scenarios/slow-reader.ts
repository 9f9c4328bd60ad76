import type { Form, Scenario } from "../scenario.js";

const BYTES_PER_SECOND = 128 * 1024 * 1024;

/** A command that writes faster than its owner reads. */
export function slowReader(form: Form): Scenario {
  const [blockCount, amount, stallMs] = form === "full" ? [1024, "1 GiB", 1_000] : [64, "64 MiB", 300];
  return {
    id: "slow-reader",
    question: `How much does the owner's memory grow when a command writes ${amount} and the owner reads slowly?`,
    metrics: [
      { id: "growth", title: `${amount} of output, slow reader, memory growth`, unit: "bytes" },
      { id: "time", title: `${amount} of output, slow reader, time`, unit: "ms" },
    ],
    rounds: 1,
    warmups: 0,
    ...(form === "full" ? {} : { baselineRounds: 0 }),
    turnTimeoutMs: 180_000,
    async prepare(contender, { startOwner }) {
      const owner = await startOwner(contender);
      const { abilities } = await owner.ask("start", {});
      if (!abilities.includes("stream")) {
        await owner.end();
        return { notApplicable: "gives output only as a whole" };
      }
      return {
        async turn() {
          const reading = { blockCount, stallMs, bytesPerSecond: BYTES_PER_SECOND };
          const cost = await owner.ask("readSlowly", reading);
          return [
            { metric: "growth", value: cost.growthBytes },
            { metric: "time", value: cost.ms },
          ];
        },
        end: () => owner.end(),
      };
    },
  };
}
