import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ForwardedPorts } from "../src/internal/forwarded-ports.js";

let server: Server;
let port: number;

/** Answers when its client has said all. */
beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let said = "";
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end(`heard ${said}`));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  server.close();
});

test("either side may end its half and still hear the other's", async () => {
  const ports = new ForwardedPorts();
  const opened = await ports.open("127.0.0.1", port);
  expect(opened.host).toBe("127.0.0.1");
  const client = connect({ host: opened.host, port: opened.port, allowHalfOpen: true });
  client.end("this");
  expect(await text(client)).toBe("heard this");
  await ports.closeAll();
});

test("one that was closed takes no connection and breaks those that it has, others stay", async () => {
  const ports = new ForwardedPorts();
  const [first, second] = [await ports.open("127.0.0.1", port), await ports.open("127.0.0.1", port)];
  const client = connect(first.port, first.host);
  await once(client, "connect");
  const closed = once(client, "close");
  await first.close?.();
  await closed;
  const late = connect(first.port, first.host);
  await expect(once(late, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  const other = connect({ host: second.host, port: second.port, allowHalfOpen: true });
  other.end("other");
  expect(await text(other)).toBe("heard other");
  await ports.closeAll();
  await second.close?.();
});
