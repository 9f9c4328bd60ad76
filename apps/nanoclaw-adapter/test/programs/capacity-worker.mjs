// Takes places, and proves by ports of the kernel's that no more are held at a time than may be.
// Argument: JSON with the installation, the limits, and the runs. Prints a line of JSON for each thing that happens.
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createCapacity, installationAt } from "../../dist/index.js";

const { root, state, shared, limits, runs, ports, timeoutMs = 60_000, log } = JSON.parse(process.argv[2]);
const { appendFileSync } = await import("node:fs");

const capacity = createCapacity(
  installationAt({ root, stateDirectory: state, configDirectory: `${state}-config` }),
  limits,
  {
    sharedDirectory: shared,
    onWarning: (warning) => tell({ warning }),
  },
);

function tell(message) {
  // One write to a file that is opened for appending: lines of several processes do not mix, and their order is theirs.
  appendFileSync(log, `${JSON.stringify({ pid: process.pid, ...message })}\n`);
}

/** As many may listen as there are ports, and the kernel lets go of a port when its process ends. */
async function listenOnOne() {
  for (const port of ports) {
    const server = createServer();
    const got = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(true));
    });
    if (got) return server;
  }
  return undefined;
}

await Promise.all(
  runs.map(async ({ need, holdMs = 0, outcome = "answered" }) => {
    try {
      const slot = await capacity.admit(need, { timeoutMs });
      const server = ports ? await listenOnOne() : undefined;
      tell({ began: need.folder, runtime: need.runtime, queuedMs: slot.queuedMs, tooMany: ports && !server });
      await delay(holdMs);
      if (server) await new Promise((resolve) => server.close(resolve));
      await slot.end(outcome);
      tell({ ended: need.folder });
    } catch (error) {
      tell({ refused: need.folder, code: error.code, message: error.message });
    }
  }),
);
