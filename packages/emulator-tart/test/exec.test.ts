// @module-tag thorough

import { describe, expect, it } from "vitest";
import { start, succeed } from "./cli.js";
import { failure, Machines, needsGuests } from "./running.js";

const unreachable =
  "Failed to connect to the VM using its control socket: The operation couldn’t be completed. " +
  "(GRPC.GRPCConnectionPoolError error 1.), is the Tart Guest Agent running?";

describe.concurrent("exec", () => {
  needsGuests();

  it("needs a machine that runs", async () => {
    await using machines = await Machines.install();
    expect(await machines.tart("exec", "nope", "true")).toEqual(
      failure(2, 'the specified VM "nope" does not exist'),
    );
    expect(await machines.tart("exec", "linux", "true")).toEqual(failure(2, 'VM "linux" is not running'));
  });

  it("passes everything after the name on as it is, and tells what came of it", async () => {
    await using machines = await Machines.install();
    await machines.boot("linux");
    await machines.boot("mac");
    const { emulator } = machines;
    expect(await machines.tart("exec", "linux", "sh", "-c", "echo out; echo err >&2; exit 42")).toEqual({
      exitCode: 42,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await succeed(emulator, "exec", "linux", "printf", "%s|", "-i", "--x", "--", "a b")).toBe(
      "-i|--x|--|a b|",
    );
    expect(await succeed(emulator, "exec", "--", "linux", "printf", "%s|", "---")).toBe("---|");
    // A later agent tells it as an exit code, an older one as an error.
    expect(await machines.tart("exec", "linux", "--", "ls")).toEqual({ ...failure(125, /^$/) });
    expect(await machines.tart("exec", "mac", "--", "ls")).toEqual(
      failure(1, 'Error: unknown (2): exec: "--": executable file not found in $PATH'),
    );
    expect(await machines.tart("exec", "mac", "sh", "-c", "kill -9 $$")).toMatchObject({ exitCode: 255 });
    expect(await machines.tart("exec", "linux", "sh", "-c", "kill -9 $$")).toMatchObject({ exitCode: 137 });
    const piped = await start(emulator, ["exec", "-i", "mac", "tr", "a-z", "A-Z"], { stdin: "input\n" })
      .result;
    expect(piped).toMatchObject({ exitCode: 0, stdout: "INPUT\n" });
    expect(await machines.tart("exec", "-t", "linux", "true")).toMatchObject({ signal: "SIGTRAP" });
  });

  it("waits for an agent that is still to come, and gives up on a machine without one", async () => {
    await using machines = await Machines.install({ settings: { bootMs: 200, agentMs: 6000 } });
    await machines.emulator.image({ name: "vanilla", agent: "none" });
    await machines.run("linux");
    await machines.run("vanilla");
    const slow = start(machines.emulator, ["exec", "-i", "linux", "cat"], { stdin: "late\n" });
    const none = start(machines.emulator, ["exec", "vanilla", "true"]);
    expect(await none.result).toEqual(failure(1, unreachable));
    expect(await slow.result).toMatchObject({ exitCode: 0, stdout: "late\n" });
  });

  it("gives up on any agent that does not answer in time where the release is an earlier one", async () => {
    await using machines = await Machines.install({ settings: { version: "2.39.0", agentMs: 60_000 } });
    await machines.run("linux");
    expect(await machines.tart("exec", "linux", "true")).toEqual(failure(1, unreachable));
  });
});
