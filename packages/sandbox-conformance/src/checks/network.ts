import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { type CheckContext, defineChecks } from "../check.js";

/** Names of the guest's network interfaces. */
async function interfaces(context: CheckContext, network: "open" | "none"): Promise<string[]> {
  const sandbox = await context.create({ network });
  const { stdout, exitCode } = await sandbox.exec(["cat", "/proc/net/dev"]);
  if (exitCode !== 0) context.skip("the guest has no /proc/net/dev");
  return stdout
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => line.slice(0, line.indexOf(":")).trim());
}

/** Present in every network namespace of kernels with tunnels built in, and without any way out until set up. */
const idle = /^(lo|sit0|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0|teql0|dummy0)$/;

export const networkChecks = defineChecks([
  {
    id: "G8.network-none",
    guarantee: "G8",
    title: "network none leaves the loopback alone, without a way out",
    needs: ({ network }) => network.none || "network.none is not declared",
    async run(context) {
      const names = await interfaces(context, "none");
      assert.deepEqual(
        names.filter((name) => !idle.test(name)),
        [],
        "there are interfaces beside the loopback",
      );
      const sandbox = await context.create({ network: "none" });
      const { stdout } = await sandbox.exec("cat /proc/net/route");
      assert.equal(stdout.trim().split("\n").length, 1, `there are routes:\n${stdout}`);
    },
  },
  {
    id: "G8.network-open",
    guarantee: "G8",
    title: "network open gives an interface beside the loopback",
    needs: ({ network }) => {
      if (!network.open) return "network.open is not declared";
      return !network.sharedWithHost || "the network is the host's, whatever that has";
    },
    async run(context) {
      const names = await interfaces(context, "open");
      assert.ok(
        names.some((name) => !idle.test(name)),
        `there is only ${names.join(", ")}`,
      );
    },
  },
  {
    id: "G8.network-shared",
    guarantee: "G8",
    title: "whether the guest has the host's own network is as declared",
    needs: ({ network, isolation }) => {
      if (!network.open) return "network.open is not declared";
      return (
        (process.platform === "linux" && isolation !== "vm") ||
        "host and guest have no kernel in common to compare by"
      );
    },
    async run(context) {
      const { readlink } = await import("node:fs/promises");
      const sandbox = await context.create({ network: "open" });
      const { stdout, exitCode } = await sandbox.exec(["readlink", "/proc/self/ns/net"]);
      if (exitCode !== 0) context.skip("the guest cannot tell its network namespace");
      const host = await readlink("/proc/self/ns/net");
      const { sharedWithHost } = context.capabilities.network;
      const addresses = Object.keys(networkInterfaces()).join(", ");
      assert.equal(
        stdout.trim() === host,
        sharedWithHost,
        `sharedWithHost is ${sharedWithHost}; the host has ${addresses}`,
      );
    },
  },
]);
