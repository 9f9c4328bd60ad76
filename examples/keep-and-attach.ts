import { attachSandbox, createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const name = `inspect-${process.pid}`;

// #region keep
const sandbox = await createSandbox(engine, { name });
await sandbox.exec("echo something odd > /tmp/trace");
await sandbox.keep({ ttlMs: 10 * 60_000 }); // from now on it outlives this program, for ten minutes
await sandbox.detach();
// #endregion

// #region attach
await using again = await attachSandbox(engine, name); // from any program of this user
console.log((await again.files.readText("/tmp/trace")).trim()); // something odd
await again.destroy(); // disposal alone would only let it go
// #endregion

// #region ttl
await using job = await createSandbox(engine, { lifetime: { ttlMs: 60 * 60_000 } });
await job.spawn("sleep 30 && echo done > /tmp/result", { stdin: false });
console.log(job.id); // attachSandbox(engine, id) finds it later
// #endregion
await job.destroy();
