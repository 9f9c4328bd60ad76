import { collectGarbage, createSandbox, listSandboxes, removeSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const { id } = await createSandbox(engine, { labels: { purpose: "example" } });

// #region list
for (const { labels, state, ownerAlive, kept, orphaned } of await listSandboxes(engine)) {
  console.log(labels, state, { ownerAlive, kept, orphaned });
}
// #endregion

// #region collect
const { removed, failed } = await collectGarbage(engine, { dryRun: true }); // removes nothing yet
console.log(removed.length, failed.length); // 0 0
// #endregion

// #region remove
await removeSandbox(engine, id); // one of them, by id or name, whatever its state
// #endregion
console.log((await listSandboxes(engine)).length);
