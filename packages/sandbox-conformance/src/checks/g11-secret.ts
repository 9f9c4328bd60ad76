import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { listSandboxes, type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import { countingProvider } from "../changed-provider.js";
import { type CheckContext, defineChecks } from "../check.js";
import { rejectsWith } from "../expect.js";
import { newMark } from "../guest/marked-processes.js";
import { hostProcesses } from "../host-processes.js";

/** A value that cannot be anywhere by chance, with what shells and records like to trip over. */
function newSecret(): { readonly value: string; readonly core: string } {
  const core = `s3cr3t${newMark()}${newMark()}`;
  return { value: `begin'"$(x)\n${core}\\ end`, core };
}

/** The secret as it is and as it may have been encoded. */
function foundIn(text: string, core: string): boolean {
  const forms = [
    core,
    Buffer.from(core).toString("hex"),
    Buffer.from(core).toString("base64").replace(/=+$/, "").slice(0, -2),
  ];
  return forms.some((form) => text.includes(form));
}

async function nowhere(context: CheckContext, sandbox: Sandbox, core: string): Promise<void> {
  const { target, run } = context;
  const places: Record<string, string> = {
    "the host's process table": await hostProcesses(target),
    "the events": JSON.stringify(run.events) + inspect(run.events, { depth: 10 }),
    "the list of sandboxes": JSON.stringify(await listSandboxes(context.provider)),
    "the sandbox as printed": inspect(sandbox, { depth: 3 }) + JSON.stringify(sandbox),
  };
  if (target.engineRecords) places["the engine's records"] = await target.engineRecords(sandbox.id);
  for (const [place, text] of Object.entries(places)) {
    assert.ok(!foundIn(text, core), `the secret is in ${place}`);
  }
  for (const directory of target.hostDirectories?.() ?? []) {
    for (const file of await filesWith(directory, core))
      assert.fail(`the secret is in the host's file ${file}`);
  }
}

async function filesWith(directory: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // It may be removed while this reads: then it holds nothing any more.
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (foundIn(content.toString("latin1"), text)) found.push(path);
  }
  return found;
}

export const secretChecks = defineChecks([
  {
    id: "G11.reaches-commands",
    guarantee: "G11",
    title: "secrets are in the environment of every command, exactly",
    async run(context) {
      const { value } = newSecret();
      const sandbox = await context.create({ secrets: { TOKEN: value } });
      const look = 'printf %s "$TOKEN"';
      assert.equal((await sandbox.exec(look)).stdout, value);
      assert.equal((await sandbox.exec(["sh", "-c", look])).stdout, value);
      assert.equal(
        (await sandbox.exec(`cat; ${look}`, { input: "x".repeat(50_000) })).stdout.slice(50_000),
        value,
      );
      const child = await sandbox.spawn(look);
      const parts: Uint8Array[] = [];
      for await (const { data } of child) parts.push(data);
      assert.equal(Buffer.concat(parts).toString(), value);
      // Several at once: more lanes than the first.
      const all = await Promise.all(Array.from({ length: 4 }, () => sandbox.exec(`sleep 0.2; ${look}`)));
      for (const { stdout } of all) assert.equal(stdout, value);
    },
  },
  {
    id: "G11.nowhere-else",
    guarantee: "G11",
    title:
      "while a command with secrets runs they are in no argument, record, event, list or file of the host",
    async run(context) {
      const [ofSandbox, ofCommand] = [newSecret(), newSecret()];
      const sandbox = await context.create({ secrets: { TOKEN: ofSandbox.value } });
      const mark = newMark();
      const options = { env: { PASSWORD: ofCommand.value } };
      const children = [
        await sandbox.spawn(["sleep", mark], options),
        await sandbox.spawn(`sleep ${mark}; :`, options),
      ];
      const running = sandbox.exec(["sleep", mark], { ...options, input: "x".repeat(10_000) });
      running.catch(() => undefined);
      await sandbox.files.write(context.guestPath("token"), ofSandbox.value);
      for (const { core } of [ofSandbox, ofCommand]) await nowhere(context, sandbox, core);
      for (const child of children) await child.kill();
    },
  },
  {
    id: "G11.errors",
    guarantee: "G11",
    title: "secrets are in no error: not in message, cause, hint, JSON or printed form",
    async run(context) {
      const { value, core } = newSecret();
      const sandbox = await context.create({ secrets: { TOKEN: value } });
      const broken = countingProvider(context.provider);
      const failures = [
        rejectsWith(
          "a time limit",
          sandbox.exec(["sleep", "30"], { timeoutMs: 300, env: { MORE: value } }),
          "timeout",
        ),
        rejectsWith(
          "a missing cwd",
          sandbox.exec("true", { cwd: "/no/such", env: { MORE: value } }),
          "invalid_argument",
        ),
        rejectsWith(
          "NUL in a secret",
          context.createWith(broken.provider, { secrets: { TOKEN: `${value}\0` } }),
          "invalid_argument",
        ),
        rejectsWith(
          "a twofold secret",
          context.createWith(broken.provider, { env: { TOKEN: "x" }, secrets: { TOKEN: value } }),
          "invalid_argument",
        ),
        rejectsWith("an argument", sandbox.exec(["true", `${value}\0`]), "invalid_argument"),
        rejectsWith(
          "a long secret",
          sandbox.exec("true", { env: { MORE: value.repeat(10_000) } }),
          "invalid_argument",
        ),
        rejectsWith(
          "a secret for a number",
          context.createWith(broken.provider, { secrets: { TOKEN: [value] } }),
          "invalid_argument",
        ),
      ];
      for (const error of await Promise.all(failures)) {
        assert.ok(SandboxError.is(error));
        assert.ok(!foundIn(JSON.stringify(error), core), `the secret is in the JSON of: ${error.code}`);
        assert.ok(
          !foundIn(inspect(error, { depth: 10 }), core),
          `the secret is in the printed form of: ${error.code}`,
        );
        assert.ok(
          !foundIn(`${error.message} ${error.hint} ${error.stack}`, core),
          `the secret is in the text of: ${error.code}`,
        );
      }
    },
  },
  {
    id: "G11.errors-hold-no-output",
    guarantee: "G11",
    title: "the JSON of an error holds no output of the command",
    async run(context) {
      const sandbox = await context.shared();
      const { core } = newSecret();
      const error = await rejectsWith(
        "exec",
        sandbox.exec(`echo ${core}; exit 3`, { check: true }),
        "command_failed",
      );
      assert.equal(error.result?.stdout, `${core}\n`);
      assert.ok(!foundIn(JSON.stringify(error), core), "the output is in the error's JSON");
      assert.ok(!foundIn(error.message, core), "the output is in the error's message");
    },
  },
  {
    id: "G11.not-in-the-guest",
    guarantee: "G11",
    title: "secrets are in no file and no argument of the guest, nor in the environment of its first process",
    needs: ({ isolation }) =>
      isolation !== "none" || "with isolation none the guest's processes are the host's",
    // It reads every file that the guest can write.
    timeoutMs: 90_000,
    async run(context) {
      const { value, core } = newSecret();
      const sandbox = await context.create({ secrets: { TOKEN: value } });
      await Promise.all([sandbox.exec(["sleep", "0.2"]), sandbox.exec(["sleep", "0.2"])]);
      const { stdout } = await sandbox.exec([
        "sh",
        "-c",
        "cat /proc/1/environ /proc/[0-9]*/cmdline 2>/dev/null; env -u TOKEN sh -c 'ls -a / /tmp'",
      ]);
      assert.ok(!foundIn(stdout, core), "the secret can be read in the guest's process table");
      const files = await sandbox.exec(
        `grep -rl ${core.slice(0, 8)}'${core.slice(8)}' /tmp "$HOME" /run /var/run /etc 2>/dev/null; true`,
      );
      assert.equal(files.stdout, "", "the secret is in files of the guest");
    },
  },
]);
