import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import { quote } from "@nanoclaw/sandbox/adapter";
import { declaring, type Fault, withDriver, withSpec } from "../fault.js";
import { temporaryDirectory } from "../temporary.js";

/** G11 and G12: what shows, and what is taken for code. */
export const literalFaults: readonly Fault[] = [
  {
    fault: "passes environments as arguments",
    caughtBy: ["G11.nowhere-else"],
    says: /process table/,
    provider: (base) =>
      withSpec(base, (spec) => {
        const words = Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`);
        // The shell stays, and its arguments with it.
        return { ...spec, argv: ["/bin/sh", "-c", 'env "$@"; exit $?', "sh", ...words, ...spec.argv] };
      }),
  },
  {
    fault: "writes environments into a record",
    caughtBy: ["G11.nowhere-else"],
    says: /host's file/,
    provider: (base) =>
      withSpec(base, (spec) => {
        writeFileSync(join(temporaryDirectory("records"), "last-command"), JSON.stringify(spec.env));
        return spec;
      }),
    target: () => ({ hostDirectories: () => [temporaryDirectory("records")] }),
  },
  {
    fault: "tells environments in events",
    caughtBy: ["G11.nowhere-else"],
    says: /the events/,
    provider: (base) =>
      withDriver(base, (driver) => ({
        spawn: (spec, call) => {
          call.emit({ type: "progress", phase: "start", message: JSON.stringify(spec.env) });
          return driver.spawn(spec, call);
        },
      })),
  },
  {
    fault: "keeps environments where the engine tells them",
    caughtBy: ["G11.nowhere-else"],
    says: /engine's records/,
    provider: (base) =>
      withSpec(base, (spec) => {
        writeFileSync(join(temporaryDirectory("engine"), "inspect"), JSON.stringify(spec.env));
        return spec;
      }),
    target: () => ({
      engineRecords: async () => readFileSync(join(temporaryDirectory("engine"), "inspect"), "utf8"),
    }),
  },
  {
    fault: "tells environments in errors",
    caughtBy: ["G11.errors"],
    says: /the secret is in/,
    provider: (base) =>
      withSpec(base, (spec) => {
        if (spec.cwd !== "/no/such") return spec;
        throw new SandboxError("invalid_argument", "This could not be started.", { cause: spec });
      }),
  },
  {
    fault: "loses secrets on the way",
    caughtBy: ["G11.reaches-commands"],
    says: /Expected/,
    provider: (base) => withSpec(base, ({ env: { TOKEN: _, ...env } = {}, ...spec }) => ({ ...spec, env })),
  },
  {
    fault: "writes environments into files of the guest",
    caughtBy: ["G11.not-in-the-guest"],
    says: /files of the guest/,
    pretends: true,
    provider: (base) =>
      withSpec(declaring(base, { isolation: "container" }), (spec) => ({
        ...spec,
        // The host's own home may hold millions of files, and the check reads them all.
        argv: ["/bin/sh", "-c", 'export HOME="$PWD"; env >environment; exec "$@"', "sh", ...spec.argv],
      })),
  },
  {
    fault: "joins arguments with spaces and lets a shell take them apart",
    caughtBy: ["G12.arguments", "G12.program"],
    says: /Expected|does not exist/,
    provider: (base) => withSpec(base, (spec) => ({ ...spec, argv: ["/bin/sh", "-c", spec.argv.join(" ")] })),
  },
  {
    fault: "puts double quotes around arguments and lets a shell take them apart",
    caughtBy: ["G12.arguments", "G12.files-names"],
    says: /Expected|file/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        argv: ["/bin/sh", "-c", spec.argv.map((word) => `"${word.replaceAll('"', '\\"')}"`).join(" ")],
      })),
  },
  {
    fault: "reads an environment line by line",
    caughtBy: ["G12.environment"],
    says: /Expected/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        env: Object.fromEntries(
          Object.entries(spec.env ?? {}).map(([name, value]) => [name, value.split("\n")[0] ?? ""]),
        ),
      })),
  },
  {
    fault: "uses variables of its own in the shell that starts commands",
    caughtBy: ["G12.environment-names"],
    says: /did not arrive/,
    provider: (base) =>
      withSpec(base, (spec) => ({
        ...spec,
        argv: ["/bin/sh", "-c", 'for n do line=$n; done; exec "$@"', "sh", ...spec.argv],
      })),
  },
  {
    fault: "changes the directory by a shell, unquoted",
    caughtBy: ["G12.cwd"],
    says: /can't cd|!==|strictly equal/,
    provider: (base) =>
      withSpec(base, ({ cwd, ...spec }) =>
        cwd === undefined
          ? spec
          : { ...spec, argv: ["/bin/sh", "-c", `cd ${cwd}\n${spec.argv.map(quote).join(" ")}`] },
      ),
  },
  {
    fault: "takes the first line of a command alone",
    caughtBy: ["G12.string-is-shell"],
    says: /Expected/,
    provider: (base) =>
      withSpec(base, (spec) => ({ ...spec, argv: spec.argv.map((word) => word.split("\n")[0] ?? "") })),
  },
  {
    fault: "cuts long arguments",
    caughtBy: ["G12.long-argument"],
    says: /120000|120 000/,
    provider: (base) =>
      withSpec(base, (spec) => ({ ...spec, argv: spec.argv.map((word) => word.slice(0, 65_536)) })),
  },
];
