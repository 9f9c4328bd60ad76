import { text } from "node:stream/consumers";
import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

await using sandbox = await createSandbox(engine, { network: "none" });

// #region iterate
const build = await sandbox.spawn("echo compiling; sleep 0.1; echo careful >&2; exit 3", { stdin: false });
for await (const { stream, data } of build) process[stream].write(data); // as it comes, in order
const { exitCode, durationMs } = await build.wait();
console.log(exitCode, durationMs >= 100); // 3 true
// #endregion

// #region streams
const sort = await sandbox.spawn(["sort"]);
sort.stdin.end("pear\napple\n");
console.log((await text(sort.stdout)).split("\n")); // [ 'apple', 'pear', '' ]
// #endregion

// #region kill
const server = await sandbox.spawn("trap '' TERM; sleep 1000 & sleep 1000 & wait; wait", { stdin: false });
await server.kill("SIGTERM"); // to the command and all that it started; returns when it is delivered
await server.kill(); // SIGKILL; returns when the whole tree is gone
console.log((await server.wait()).signal); // SIGKILL
// #endregion
