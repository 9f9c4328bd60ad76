import assert from "node:assert/strict";
import { connect } from "node:net";
import { defineChecks } from "../check.js";
import { becomesTrue, rejectsWith } from "../expect.js";
import { listen } from "../guest/listener.js";

/** What a connection is answered with before it ends; empty when there is none. */
function answerOf(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host, port, timeout: 2_000 });
    socket.on("data", (data: Buffer) => {
      text += data.toString();
      // nc keeps the connection open after its input's end.
      socket.end();
    });
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    for (const event of ["close", "timeout", "error"] as const) socket.on(event, finish);
  });
}

export const portChecks = defineChecks([
  {
    id: "G8.ports",
    guarantee: "G8",
    title: "an opened port leads from the host's loopback to the guest",
    needs: ({ ports }) => ports !== "never" || "ports is not declared",
    async run(context) {
      const port = context.random.integer(20_000, 30_000);
      const { ports } = context.capabilities;
      const sandbox = await context.create(ports === "create" ? { ports: [port] } : {});
      await listen(context, sandbox, port, "from the guest");
      await using opened = await sandbox.ports.open(port);
      assert.equal(opened.url, `http://${opened.host}:${opened.port}`);
      assert.match(opened.host, /^127\.|^::1$/, "the port is open to more than the host");
      await becomesTrue(
        "the guest's answer",
        10_000,
        async () => (await answerOf(opened.host, opened.port)) === "from the guest",
      );
      // Again, and by a second opening: neither takes the other away.
      const second = await sandbox.ports.open(port);
      await becomesTrue(
        "the guest's second answer",
        5_000,
        async () => (await answerOf(second.host, second.port)) === "from the guest",
      );
      await second.close();
      await becomesTrue(
        "the first opening",
        5_000,
        async () => (await answerOf(opened.host, opened.port)) === "from the guest",
      );
    },
  },
  {
    id: "G8.ports-two-sandboxes",
    guarantee: "G8",
    title: "the same port of two sandboxes leads to each of them",
    needs: ({ ports, network }) => {
      if (ports === "never") return "ports is not declared";
      return !network.sharedWithHost || "both sandboxes have the host's own ports";
    },
    async run(context) {
      const port = context.random.integer(20_000, 30_000);
      const options = context.capabilities.ports === "create" ? { ports: [port] } : {};
      for (const word of ["one", "other"]) {
        const sandbox = await context.create(options);
        await listen(context, sandbox, port, word);
        const opened = await sandbox.ports.open(port);
        await becomesTrue(
          `the answer of ${word}`,
          10_000,
          async () => (await answerOf(opened.host, opened.port)) === word,
        );
      }
    },
  },
  {
    id: "G8.ports-at-create",
    guarantee: "G8",
    title: "a port that was not named at create is refused, with how to name it",
    needs: ({ ports }) => ports === "create" || "ports can be opened at any time, or never",
    async run(context) {
      const sandbox = await context.create({ ports: [20_001] });
      const error = await rejectsWith("ports.open", sandbox.ports.open(20_002), "unsupported");
      assert.ok(error.hint?.includes("20002"), `the hint does not name the port: ${error.hint}`);
    },
  },
  {
    id: "G4.ports-closed",
    guarantee: "G4",
    title: "a port is closed on the host when the sandbox is destroyed",
    needs: ({ ports, network }) => {
      if (ports === "never") return "ports is not declared";
      return !network.sharedWithHost || "the ports are the host's own";
    },
    async run(context) {
      const port = context.random.integer(20_000, 30_000);
      const sandbox = await context.create(context.capabilities.ports === "create" ? { ports: [port] } : {});
      await listen(context, sandbox, port, "from the guest");
      const opened = await sandbox.ports.open(port);
      await becomesTrue(
        "the guest's answer",
        10_000,
        async () => (await answerOf(opened.host, opened.port)) !== "",
      );
      await sandbox.destroy();
      const refused = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: opened.host, port: opened.port });
        socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
        socket.once("close", () => socket.destroy());
      });
      assert.ok(refused, "the host still accepts connections to the port");
    },
  },
]);
