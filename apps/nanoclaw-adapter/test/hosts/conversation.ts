import { type Conversation, promptOf } from "./conversation-plan.js";
import { V1Host } from "./v1-host.js";
import { V2Host } from "./v2-host.js";

// A host as a process of its own: it takes up the conversations where the journal ends, and goes on to their last turn.

const { line, root, groups, turns, turnsPerRun } = JSON.parse(
  process.env.NANOCLAW_TEST_CONVERSATION ?? "",
) as Conversation;
const options = { root, environment: process.env };

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

async function converseV1(host: V1Host, folder: string): Promise<void> {
  for (let turn = host.journal.ofGroup(folder).length; turn < turns; turn++) {
    await host.turn(folder, turn, promptOf(folder, turn), turn % turnsPerRun === 0);
    say({ folder, turn });
  }
  await host.close(folder);
}

async function converseV2(host: V2Host, folder: string): Promise<void> {
  for (let turn = host.journal.ofGroup(folder).length; turn < turns; turn++) {
    if (turn % turnsPerRun === 0) await host.kill(folder);
    await host.turn(folder, turn, promptOf(folder, turn));
    say({ folder, turn });
  }
  await host.kill(folder);
}

if (line === "v1") {
  const host = new V1Host(options);
  say({ orphans: await host.start() });
  await Promise.all(groups.map((folder) => converseV1(host, folder)));
  say({ messages: host.messages });
} else {
  const host = new V2Host(options);
  say({ orphans: await host.start() });
  await Promise.all(groups.map((folder) => converseV2(host, folder)));
}
