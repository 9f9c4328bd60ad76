import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

await using sandbox = await createSandbox(engine, { network: "none" });

// #region terminal
const shell = await sandbox.spawn(["sh"], { tty: { columns: 100, rows: 30 } });
await shell.resize({ columns: 120, rows: 40 });
shell.stdin.write("stty size; exit 5\n");
for await (const { data } of shell) process.stdout.write(data); // a terminal has one stream
console.log((await shell.wait()).exitCode); // 5
// #endregion
