import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import { type OpenedPort, quote } from "@nanoclaw/sandbox/adapter";
import { declaring, type Fault, withDriver, withProcess, withSpec } from "../fault.js";
import { initlessProvider } from "../initless-provider.js";

/** G8: abilities that are there in part. */
export const abilityFaults: readonly Fault[] = [
  {
    fault: "mounts everything writable",
    caughtBy: ["G8.mount-read-only", "G8.mount-nested"],
    says: /could do|writeInner/,
    pretends: true,
    root: true,
    provider: mountingWritable,
  },
  {
    fault: "takes a limit on CPUs and holds nothing back",
    caughtBy: ["G8.limit-cpu"],
    says: /with a limit of 0.5/,
    pretends: true,
    provider: (base) =>
      withDriver(declaring(base, { limits: { cpuCount: true }, stats: true }), () => ({
        stats: async () => ({ cpuSeconds: (performance.now() / 1000) * 2 }),
      })),
  },
  {
    fault: "takes a limit on processes and has none",
    caughtBy: ["G8.limit-processes"],
    says: /with a limit of 60/,
    pretends: true,
    root: true,
    provider: (base) =>
      declaring(initlessProvider(base), { isolation: "container", limits: { pidCount: true } }),
  },
  {
    fault: "gives a loopback for an open network",
    caughtBy: ["G8.network-open"],
    says: /there is only/,
    pretends: true,
    root: true,
    provider: (base) =>
      withSpec(declaring(base, { isolation: "container", network: { sharedWithHost: false } }), (spec) => ({
        ...spec,
        argv: ["unshare", "--net", "--", ...spec.argv],
      })),
  },
  {
    fault: "opens the next port",
    caughtBy: ["G8.ports"],
    says: /the guest's answer/,
    pretends: true,
    provider: (base) => withPorts(base, async (port) => ({ host: "127.0.0.1", port: port + 1 })),
  },
  {
    fault: "opens a port to the whole network",
    caughtBy: ["G8.ports"],
    says: /open to more than the host/,
    pretends: true,
    provider: (base) => withPorts(base, async (port) => ({ host: "0.0.0.0", port })),
  },
  {
    fault: "lets two sandboxes share their ports",
    caughtBy: ["G8.ports-two-sandboxes"],
    says: /the answer of other/,
    pretends: true,
    provider: (base) =>
      declaring(
        withPorts(base, async (port) => ({ host: "127.0.0.1", port })),
        { network: { sharedWithHost: false } },
      ),
  },
  {
    fault: "leaves its own listener open when a sandbox is gone",
    caughtBy: ["G4.ports-closed"],
    says: /still accepts/,
    pretends: true,
    provider: (base) => declaring(withPorts(base, forward), { network: { sharedWithHost: false } }),
  },
  {
    fault: "opens ports that were not named at create",
    caughtBy: ["G8.ports-at-create"],
    says: /does not name the port|did not reject/,
    pretends: true,
    provider: (base) =>
      withDriver(declaring(base, { ports: "create" }), () => ({
        get openPort(): undefined {
          return undefined;
        },
      })),
  },
  {
    fault: "tells the same figures whatever the sandbox does",
    caughtBy: ["G8.stats"],
    says: /cpuSeconds did not grow/,
    pretends: true,
    provider: (base) =>
      withDriver(declaring(base, { stats: true }), () => ({
        stats: async () => ({ cpuSeconds: 1, memoryBytes: 1 }),
      })),
  },
  {
    fault: "gives every command a terminal",
    caughtBy: ["G8.terminal-default"],
    says: /done/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        argv: ["script", "-qec", spec.argv.map(quote).join(" "), "/dev/null"],
      })),
  },
  {
    fault: "ends what runs on a terminal by SIGTERM",
    caughtBy: ["G5.terminal-kill"],
    says: /2 !== 0|did not settle/,
    pretends: true,
    provider: (base) =>
      withProcess(declaring(base, { terminals: true }), (process) => ({
        kill: async () => await process.kill?.("SIGTERM"),
      })),
  },
  {
    fault: "shows on a terminal what it is given",
    caughtBy: ["G11.terminal"],
    says: /same/,
    pretends: true,
    provider: (base) =>
      withSpec(declaring(base, { terminals: true }), (spec) => ({
        ...spec,
        argv: ["/bin/sh", "-c", 'env; exec "$@"', "sh", ...spec.argv],
      })),
  },
];

function withPorts(base: SandboxProvider, open: (port: number) => Promise<OpenedPort>): SandboxProvider {
  return withDriver(declaring(base, { ports: "anytime" }), () => ({ openPort: open }));
}

async function forward(port: number): Promise<OpenedPort> {
  const server = createServer((socket) => {
    const there = connect(port, "127.0.0.1");
    for (const each of [socket, there]) each.on("error", () => socket.destroy());
    socket.pipe(there).pipe(socket);
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

/** Directories in a mount namespace of each command's own. */
function mountingWritable(base: SandboxProvider): SandboxProvider {
  const mounts = { directories: true, readOnly: true, nested: true };
  return withDriver(declaring(base, { mounts }), (driver, request) => {
    const outerFirst = [...request.mounts].sort((one, other) => (one.target < other.target ? -1 : 1));
    const code = outerFirst.map(
      ({ source, target }) => `mkdir -p ${quote(target)} && mount --bind ${quote(source)} ${quote(target)}`,
    );
    const all = ["mount -t tmpfs none /mnt", ...code];
    return {
      // The directory of the command may be in one of the mounts.
      spawn: ({ cwd = "/", ...spec }, call) => {
        const inside = `${all.join(" && ")} && cd ${quote(cwd)} && exec "$@"`;
        return driver.spawn(
          { ...spec, argv: ["unshare", "--mount", "sh", "-c", inside, "sh", ...spec.argv] },
          call,
        );
      },
    };
  });
}
