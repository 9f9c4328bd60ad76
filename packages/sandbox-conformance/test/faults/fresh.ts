import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseDirectory } from "../base.js";
import { declaring, type Fault, withDriver, withPrefix, withRequest, withSpec } from "../fault.js";
import { laneProvider } from "../lane-provider.js";
import { directoryWithProgram, temporaryDirectory } from "../temporary.js";

/** G1. */
export const freshFaults: readonly Fault[] = [
  {
    fault: "gives every sandbox the same working directory",
    caughtBy: ["G1.workdir", "G1.side-by-side"],
    says: /earlier one's file|other's file/,
    provider: (base) =>
      withRequest(base, (request) => ({ ...request, workdir: temporaryDirectory("reused") })),
  },
  {
    fault: "shows a new sandbox what an earlier one left in /tmp",
    caughtBy: ["G1.files"],
    says: /earlier one's file/,
    pretends: true,
    provider: (base) =>
      withSpec(declaring(base, { isolation: "container" }), (spec) => ({
        ...spec,
        argv: spec.argv.map((word) => word.replaceAll("/tmp", temporaryDirectory("tmp"))),
      })),
  },
  {
    fault: "lets one sandbox see the processes of another",
    caughtBy: ["G1.processes"],
    says: /another sandbox sees the process/,
    pretends: true,
    provider: (base) => declaring(base, { isolation: "container" }),
  },
  {
    fault: "passes the host's environment on",
    caughtBy: ["G1.environment"],
    says: /variables that nobody gave it/,
    provider: (base) => withSpec(base, (spec) => ({ ...spec, env: { ...definedVariables(), ...spec.env } })),
  },
  {
    fault: "runs all commands in one shell, which keeps what they set",
    caughtBy: ["G1.environment-between-commands"],
    says: /for one command|changed the ground under the next/,
    provider: (base) => laneProvider(base, { sameShell: true }),
  },
  {
    fault: "has a clock that goes wrong",
    caughtBy: ["G1.clock"],
    says: /the guest says 86400/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        env: { ...spec.env, PATH: `${directoryWithProgram("date", "echo 86400")}:${process.env.PATH}` },
      })),
  },
  {
    fault: "gives a new sandbox a network on which connections are open",
    caughtBy: ["G1.network"],
    says: /there is an open connection/,
    pretends: true,
    provider: (base) =>
      withSpec(declaring(base, { isolation: "container", network: { sharedWithHost: false } }), (spec) =>
        // What the file of a network in use looks like.
        spec.argv.includes("cat /proc/net/tcp")
          ? {
              ...spec,
              argv: ["echo", "   0: 0100007F:1F90 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000"],
            }
          : spec,
      ),
  },
  {
    fault: "leaves one of its own files open in commands",
    caughtBy: ["G1.open-files"],
    says: /inherits open files/,
    provider: (base) => withPrefix(base, "exec 7</dev/null"),
  },
  {
    fault: "starts commands with SIGINT and SIGQUIT ignored, as a shell does in its background",
    caughtBy: ["G1.signals"],
    says: /ignored or blocked/,
    provider: (base) => withPrefix(base, "trap '' INT QUIT"),
  },
  {
    fault: "starts commands with a umask of its own",
    caughtBy: ["G1.umask"],
    says: /63 !== 18/,
    provider: (base) => withPrefix(base, "umask 077"),
  },
  {
    fault: "lowers a resource limit for commands",
    caughtBy: ["G1.resource-limits"],
    says: /Max open files/,
    pretends: true,
    provider: (base) => withPrefix(declaring(base, { isolation: "container" }), "ulimit -n 100"),
  },
  {
    fault: "does not make the working directory",
    caughtBy: ["G1.workdir-option"],
    says: /is no directory/,
    pretends: true,
    provider: (base) =>
      withSpec(
        withRequest(declaring(base, { isolation: "container" }), ({ workdir: _, ...request }) => request),
        (spec) => ({ ...spec, cwd: spec.cwd ?? "/tmp/made/for the/check" }),
      ),
  },
  {
    fault: "runs the commands of every user as its own",
    caughtBy: ["G1.user"],
    says: /ran as the sandbox's own user/,
    pretends: true,
    provider: (base) => declaring(base, { users: true }),
    target: () => ({ otherUser: "nobody" }),
  },
  {
    fault: "writes a file that destroy does not remove",
    caughtBy: ["G4.leftovers", "G4.nothing-left"],
    says: /left on the host|what the host has left/,
    provider: (base) =>
      withDriver(base, (_, { id, owner }) => {
        writeFileSync(join(baseDirectory, owner.installation, `log-of-${id}`), "");
        return {};
      }),
  },
];

function definedVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""]));
}
