import assert from "node:assert/strict";
import type { Sandbox, SandboxErrorCode } from "@nanoclaw/sandbox";
import { type Check, type CheckContext, defineChecks } from "../check.js";
import { rejectsWith, within } from "../expect.js";
import { refusedAtCreate } from "./capabilities.js";

interface WrongOptions {
  /** Words for a person: what is wrong. */
  readonly [what: string]: unknown;
}

/** Options of which none gets as far as the engine. */
function refusals(
  id: string,
  title: string,
  wrong: WrongOptions | ((context: CheckContext) => WrongOptions),
  needs?: Check["needs"],
): Check {
  return {
    id: `G8.input-${id}`,
    guarantee: "G8",
    title: `${title} is refused before anything is made, with what to write instead`,
    needs,
    async run(context) {
      for (const [what, options] of Object.entries(typeof wrong === "function" ? wrong(context) : wrong)) {
        await refusedAtCreate(context, what, options, "invalid_argument");
      }
    },
  };
}

const mountable: Check["needs"] = ({ mounts }) => mounts.directories || "mounts.directories is not declared";

/** The mode that the provider has. */
function readOnly({ capabilities }: CheckContext): boolean {
  return capabilities.mounts.readOnly;
}

export const badInputChecks = defineChecks([
  refusals("types", "an option of a wrong type", {
    "options that are a string": "busybox",
    "options that are an array": [],
    "a number for name": { name: 7 },
    "a number for workdir": { workdir: 7 },
    "a number in env": { env: { PORT: 3000 } },
    "an array for env": { env: ["A=b"] },
    "a string for env": { env: "A=b" },
    "null for secrets": { secrets: null },
    "a number in secrets": { secrets: { TOKEN: 1 } },
    "an array for labels": { labels: ["a"] },
    "a number in labels": { labels: { a: 1 } },
    "an object for mounts": { mounts: {} },
    "a string in mounts": { mounts: ["/tmp:/tmp"] },
    "an array for limits": { limits: [] },
    "a string for a limit": { limits: { memoryMiB: "512" } },
    "an unknown network": { network: "host" },
    "a number for ports": { ports: 3000 },
    "a string for lifetime": { lifetime: "forever" },
    "a string for requires": { requires: "vm" },
    "an unknown isolation": { requires: { isolation: "strong" } },
    "an object for onEvent": { onEvent: {} },
    "an object for signal": { signal: {} },
    "a string for timeoutMs": { timeoutMs: "1000" },
  }),
  refusals("unknown", "an option that is not known", {
    "memory beside limits": { memory: 512 },
    "a misspelt option": { enviroment: {} },
    "an unknown limit": { limits: { memoryMB: 512 } },
    "an unknown key of a mount": { mounts: [{ source: "/tmp", target: "/mnt/x", ro: true }] },
    "an unknown key of lifetime": { lifetime: { ttl: 1000 } },
    "an unknown key of requires": { requires: { gpu: true } },
    "an unknown key of network": { network: { deny: [] } },
  }),
  refusals(
    "mount-sources",
    "a mount source that is relative or not there",
    (context) => ({
      "a relative source": {
        mounts: [{ source: "some/where", target: "/mnt/x", readOnly: readOnly(context) }],
      },
      "a source that is not there": {
        mounts: [{ source: "/no/such/source", target: "/mnt/x", readOnly: readOnly(context) }],
      },
      "an empty source": { mounts: [{ source: "", target: "/mnt/x", readOnly: readOnly(context) }] },
      "no source": { mounts: [{ target: "/mnt/x", readOnly: readOnly(context) }] },
    }),
    mountable,
  ),
  refusals(
    "mount-targets",
    "a mount target that is relative, there twice or the root",
    (context) => {
      const mount = (target: unknown) => ({ source: "/tmp", target, readOnly: readOnly(context) });
      return {
        "a relative target": { mounts: [mount("mnt/x")] },
        "no target": { mounts: [mount(undefined)] },
        "a target twice": { mounts: [mount("/mnt/x"), mount("/mnt/x")] },
        "a target twice in other words": { mounts: [mount("/mnt/x"), mount("/mnt//x/")] },
        "the root": { mounts: [mount("/")] },
        "the root in other words": { mounts: [mount("//./")] },
        "a way up": { mounts: [mount("/mnt/../etc")] },
      };
    },
    mountable,
  ),
  refusals("names", "a name or label that engines reject", {
    "an empty name": { name: "" },
    "a name of one letter": { name: "a" },
    "a name with a space": { name: "my sandbox" },
    "a name with a slash": { name: "my/sandbox" },
    "a name that begins with a dash": { name: "--privileged" },
    "a name that is too long": { name: "a".repeat(100) },
    "a name that is not ASCII": { name: "küche" },
    "an empty label name": { labels: { "": "x" } },
    "a label name with =": { labels: { "a=b": "x" } },
    "a label name with a space": { labels: { "a b": "x" } },
    "a label name with a line end": { labels: { "a\nb": "x" } },
    "a label of the adapters": { labels: { "dev.nanoclaw.sandbox.owner": "x" } },
  }),
  refusals("nul", "NUL or a line end in a name or path", (context) => ({
    "NUL in name": { name: "ab\0cd" },
    "a line end in name": { name: "ab\ncd" },
    "a line end at the end of name": { name: "abcd\n" },
    "NUL in workdir": { workdir: "/tmp/a\0b" },
    "a line end in workdir": { workdir: "/tmp/a\nb" },
    "a relative workdir": { workdir: "tmp" },
    "NUL in an env value": { env: { A: "b\0c" } },
    "NUL in an env name": { env: { "A\0B": "c" } },
    "= in an env name": { env: { "A=B": "c" } },
    "an empty env name": { env: { "": "c" } },
    "NUL in a secret": { secrets: { A: "b\0c" } },
    "NUL in a label": { labels: { a: "b\0c" } },
    "a name in env and in secrets": { env: { A: "b" }, secrets: { A: "c" } },
    ...(context.capabilities.mounts.directories && {
      "NUL in a mount source": {
        mounts: [{ source: "/tmp\0", target: "/mnt/x", readOnly: readOnly(context) }],
      },
      "NUL in a mount target": {
        mounts: [{ source: "/tmp", target: "/mnt/x\0", readOnly: readOnly(context) }],
      },
      "a line end in a mount target": {
        mounts: [{ source: "/tmp", target: "/mnt/x\ny", readOnly: readOnly(context) }],
      },
    }),
    ...(context.capabilities.images && {
      "NUL in image": { image: "a\0b" },
      "an empty image": { image: "" },
      "a line end in image": { image: "busybox\n" },
      "a space in image": { image: "busybox --privileged" },
      "an image that is an option": { image: "--privileged" },
    }),
    ...(context.capabilities.users && {
      "NUL in user": { user: "a\0b" },
      "an empty user": { user: "" },
      "a user that is an option": { user: "--privileged" },
      "a user with code": { user: "nobody; true" },
    }),
  })),
  refusals("numbers", "a limit or time that is zero, negative or no number", {
    ...Object.fromEntries(
      ["cpuCount", "memoryMiB", "diskGiB", "pidCount"].flatMap((limit) =>
        [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((value) => [
          `${value} for ${limit}`,
          { limits: { [limit]: value } },
        ]),
      ),
    ),
    "half a process": { limits: { pidCount: 100.5 } },
    "0 for timeoutMs": { timeoutMs: 0 },
    "-1 for timeoutMs": { timeoutMs: -1 },
    "NaN for timeoutMs": { timeoutMs: Number.NaN },
    "0 for ttlMs": { lifetime: { ttlMs: 0 } },
    "NaN for ttlMs": { lifetime: { ttlMs: Number.NaN } },
    "port 0": { ports: [0] },
    "port 65536": { ports: [65_536] },
    "a port twice": { ports: [3000, 3000] },
  }),
  {
    id: "G8.input-user",
    guarantee: "G8",
    title: "a user that the guest does not have is refused, at create and for a command",
    needs: ({ users }) => users || "users is not declared",
    async run(context) {
      await rejectsWith(
        "create with an unknown user",
        context.create({ user: "no-such-user" }),
        "invalid_argument",
      );
      const sandbox = await context.shared();
      const exec = within("exec", 20_000, sandbox.exec(["true"], { user: "no-such-user" }));
      await rejectsWith("exec with an unknown user", exec, "invalid_argument");
      const spawn = within("spawn", 20_000, sandbox.spawn(["true"], { user: "no-such-user" }));
      await rejectsWith("spawn with an unknown user", spawn, "invalid_argument");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G8.input-commands",
    guarantee: "G8",
    title: "a command or an option of a command that cannot be meant is refused, and nothing is run",
    async run(context) {
      const sandbox = await context.shared();
      const loose = sandbox as unknown as {
        [call in "exec" | "spawn"]: (...args: unknown[]) => Promise<unknown>;
      };
      const wrong: Record<string, unknown[]> = {
        "no command": [],
        "an empty list": [[]],
        "an empty program": [["", "x"]],
        "a number": [7],
        "a number among the arguments": [["echo", 7]],
        "NUL in an argument": [["echo", "a\0b"]],
        "NUL in a string": ["echo a\0b"],
        "an unknown option": ["true", { timeout: 5 }],
        "a relative cwd": ["true", { cwd: "tmp" }],
        "NUL in cwd": ["true", { cwd: "/tmp\0" }],
        "a number in env": ["true", { env: { A: 1 } }],
        "= in an env name": ["true", { env: { "A=B": "c" } }],
        "NUL in env": ["true", { env: { A: "\0" } }],
        "0 for timeoutMs": ["true", { timeoutMs: 0 }],
        "a negative timeoutMs": ["true", { timeoutMs: -5 }],
        "NaN for timeoutMs": ["true", { timeoutMs: Number.NaN }],
        "an object for signal": ["true", { signal: {} }],
        "options that are a string": ["true", "fast"],
        "null for options": ["true", null],
      };
      for (const call of ["exec", "spawn"] as const) {
        for (const [what, args] of Object.entries(wrong))
          await refused(`${call} with ${what}`, () => loose[call](...args));
      }
      await refused("exec with a number as input", () => loose.exec(["cat"], { input: 7 }));
      await refused("spawn with a number as input", () => loose.spawn(["cat"], { input: 7 }));
      await refused("spawn with two kinds of input", () => loose.spawn(["cat"], { input: "x", stdin: true }));
      await refused("exec with half a byte", () => loose.exec(["true"], { maxOutputBytes: 0.5 }));
      await refused("exec with a string for check", () => loose.exec(["true"], { check: "yes" }));
    },
  },
  {
    id: "G8.input-files",
    guarantee: "G8",
    title: "a path or content that cannot be meant is refused by every file call",
    async run(context) {
      const { files } = await context.shared();
      const loose = files as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      for (const path of ["", "relative", "../up", "/tmp/a\0b", 7, undefined]) {
        for (const call of ["read", "readText", "readStream", "list", "stat", "exists", "mkdir", "remove"]) {
          await refused(`files.${call} of ${JSON.stringify(path)}`, () => loose[call]?.call(files, path));
        }
        await refused(`files.write to ${JSON.stringify(path)}`, () => files.write(path as string, "x"));
        await refused(`files.upload to ${JSON.stringify(path)}`, () =>
          files.upload("/etc/hostname", path as string),
        );
        await refused(`files.download of ${JSON.stringify(path)}`, () =>
          files.download(path as string, "/tmp/no"),
        );
      }
      await refused("files.write of a number", () => files.write("/tmp/x", 7 as unknown as string));
      await refused("files.write with a mode that is none", () =>
        files.write("/tmp/x", "", { mode: 0o77777 }),
      );
      await refused("files.mkdir with an unknown option", () =>
        loose.mkdir?.call(files, "/tmp/x", { parents: true }),
      );
    },
  },
  {
    id: "G8.input-calls",
    guarantee: "G8",
    title: "a wrong port, signal or lifetime is refused on a living sandbox",
    async run(context) {
      const sandbox: Sandbox = await context.shared();
      for (const port of [0, -1, 65_536, 1.5, Number.NaN, "80"]) {
        await refused(`ports.open of ${port}`, () => sandbox.ports.open(port as number));
      }
      for (const ttlMs of [0, -1, Number.NaN, "1000"]) {
        await refused(`keep for ${ttlMs}`, () => sandbox.keep({ ttlMs: ttlMs as number }));
      }
      const child = await sandbox.spawn(["sleep", "30"]);
      context.defer(() => child.kill());
      for (const signal of ["KILL", "9", "", "SIGKILL; true", 9]) {
        await refused(`kill with ${signal}`, () => child.kill(signal as NodeJS.Signals));
      }
      await refused("kill with a signal that Linux has not", () => child.kill("SIGNONE" as NodeJS.Signals));
    },
  },
]);

/** Refused as a rejection and not thrown at the caller, with what to write instead. */
async function refused(
  what: string,
  call: () => unknown,
  code: SandboxErrorCode = "invalid_argument",
): Promise<void> {
  let promise: unknown;
  try {
    promise = call();
  } catch (error) {
    throw new Error(`${what} threw instead of rejecting.`, { cause: error });
  }
  const error = await rejectsWith(what, within(what, 5_000, Promise.resolve(promise)), code);
  assert.ok(error.hint, `${what} was refused without a hint what to write instead: ${error.message}`);
}
