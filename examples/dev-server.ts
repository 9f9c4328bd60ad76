import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const guestPort = Number(process.env.PORT ?? 3000);

// #region ports
await using sandbox = await createSandbox(engine, { ports: [guestPort] });
await sandbox.files.write(
  "/tmp/server.mjs",
  `import { createServer } from "node:http";
   createServer((_, response) => response.end("from the sandbox")).listen(${guestPort}, "0.0.0.0", () => console.log("ready"));`,
);
const server = await sandbox.spawn(["node", "/tmp/server.mjs"], { stdin: false });
for await (const { data } of server) if (Buffer.from(data).includes("ready")) break;

await using port = await sandbox.ports.open(guestPort); // { host, port, url } on the host's loopback
console.log(await (await fetch(port.url)).text()); // from the sandbox
// #endregion
