import assert from "node:assert/strict";
import { defineChecks } from "../check.js";

import { living, newMark } from "../guest/marked-processes.js";
import { hostProcessesWith } from "../host-processes.js";
import { all, needs } from "../target.js";

/** What an engine, a login or a shell usually sets, whatever the image. */
const usualVariables = new Set(
  "PATH HOME HOSTNAME USER LOGNAME SHELL LANG TERM TMPDIR container _ PWD".split(" "),
);

export const freshChecks = defineChecks([
  {
    id: "G1.workdir",
    guarantee: "G1",
    title: "files in the working directory of an earlier sandbox are not in the next",
    async run(context) {
      const name = `left-${newMark()}`;
      const first = await context.create();
      assert.equal(
        (await first.exec(`: > ${name} && test -f ${name}`)).exitCode,
        0,
        "the working directory cannot be written",
      );
      await first.destroy();
      const second = await context.create();
      const { stdout } = await second.exec("ls -a");
      assert.ok(!stdout.includes(name), `the next sandbox has the earlier one's file: ${stdout}`);
    },
  },
  {
    id: "G1.files",
    guarantee: "G1",
    title: "files that an earlier sandbox left in /tmp and at home are not in the next",
    needs: needs.ownFiles,
    async run(context) {
      const name = `left-${newMark()}`;
      const first = await context.create();
      await first.exec(`: > /tmp/${name}; : > "$HOME/${name}"; test -f /tmp/${name}`, { check: true });
      await first.destroy();
      const second = await context.create();
      const { stdout } = await second.exec(`ls -a /tmp "$HOME"`);
      assert.ok(!stdout.includes(name), `the next sandbox has the earlier one's file: ${stdout}`);
    },
  },
  {
    id: "G1.side-by-side",
    guarantee: "G1",
    title: "two sandboxes at one time share no file of the working directory",
    async run(context) {
      const name = `own-${newMark()}`;
      const [one, other] = await Promise.all([context.create(), context.create()]);
      await one.exec(`echo one > ${name}`, { check: true });
      const { exitCode } = await other.exec(`test -e ${name}`);
      assert.equal(exitCode, 1, "one sandbox sees the other's file");
    },
  },
  {
    id: "G1.processes",
    guarantee: "G1",
    title: "a sandbox does not see the processes of another",
    needs: needs.ownProcesses,
    async run(context) {
      const mark = newMark();
      const [one, other] = await Promise.all([context.create(), context.create()]);
      await one.exec(`sleep ${mark} >/dev/null 2>&1 &`, { check: true });
      assert.equal(await living(one, mark), 1, "the process did not start");
      assert.equal(await living(other, mark), 0, "another sandbox sees the process");
    },
  },
  {
    id: "G1.processes-afterwards",
    guarantee: "G1",
    title: "processes that were left running are gone from the host with their sandbox",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      await sandbox.exec(`sleep ${mark} >/dev/null 2>&1 &`, { check: true });
      await sandbox.destroy();
      const left = await hostProcessesWith(context.target, mark);
      assert.deepEqual(left, [], "a process outlived its sandbox");
    },
  },
  {
    id: "G1.environment",
    guarantee: "G1",
    title: "a command's environment holds what image and options set, and nothing of the host or of core",
    async run(context) {
      const name = `NANOCLAW_CONFORMANCE_${newMark()}`;
      process.env[name] = "of the host";
      context.defer(() => delete process.env[name]);
      const sandbox = await context.create({ env: { GIVEN: "by options" } });
      const { stdout } = await sandbox.exec(["env"], { env: { ADDED: "by the command" } });
      const variables = stdout.split("\n").map((line) => line.slice(0, Math.max(0, line.indexOf("="))));
      const allowed = new Set([
        ...usualVariables,
        ...(context.target.imageEnvironment ?? []),
        ...Object.keys(context.options().env ?? {}),
        "GIVEN",
        "ADDED",
        "",
      ]);
      const strange = variables.filter((each) => !allowed.has(each));
      assert.deepEqual(strange, [], "a command sees variables that nobody gave it");
      assert.ok(stdout.includes("GIVEN=by options\n"), "the sandbox's env did not reach the command");
      assert.ok(stdout.includes("ADDED=by the command\n"), "the command's env did not reach it");
    },
  },
  {
    id: "G1.environment-between-commands",
    guarantee: "G1",
    title: "what one command sets for itself is not there for the next: variables, directory, umask, limits",
    async run(context) {
      const sandbox = await context.shared();
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the guest's shell that puts it in.
      const look = "pwd; umask; ulimit -n; echo ${LEFT-unset}; trap";
      const before = await sandbox.exec(look);
      const inside = await sandbox.exec(
        "export LEFT=1; cd /; umask 077; ulimit -n 20; trap : INT; readonly LEFT",
      );
      assert.equal(inside.exitCode, 0);
      const env = await sandbox.exec(`echo $LEFT`, { env: { LEFT: "for one command" }, cwd: "/" });
      assert.equal(env.stdout, "for one command\n");
      const after = await sandbox.exec(look);
      assert.equal(after.stdout, before.stdout, "one command changed the ground under the next");
    },
  },
  {
    id: "G1.clock",
    guarantee: "G1",
    title: "the guest's clock is the host's, within two seconds",
    async run(context) {
      const sandbox = await context.create();
      const before = Math.floor(Date.now() / 1000);
      const guest = Number((await sandbox.exec("date +%s")).stdout);
      const after = Math.ceil(Date.now() / 1000);
      assert.ok(
        guest >= before - 2 && guest <= after + 2,
        `the guest says ${guest}, the host ${before} to ${after}`,
      );
    },
  },
  {
    id: "G1.network",
    guarantee: "G1",
    title: "no connection of anything earlier is open in a new sandbox",
    needs: ({ network, isolation }) =>
      all(
        isolation !== "none" || "with isolation none the network is the host's",
        !network.sharedWithHost || network.none || "the network is the host's",
      ),
    async run(context) {
      const { network } = context.capabilities;
      const sandbox = await context.create({ network: network.none ? "none" : "open" });
      const { stdout, exitCode } = await sandbox.exec("cat /proc/net/tcp");
      if (exitCode !== 0) context.skip("the guest has no /proc/net/tcp");
      // The fourth field is the state, 01 is established.
      const open = stdout.split("\n").filter((line) => /^\s*\d+: \S+ \S+ 01 /.test(line));
      assert.deepEqual(open, [], "there is an open connection");
    },
  },
]);
