import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { createSandbox } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulated, emulated, macImage } from "./emulated.js";

/** A start that fails for a reason that passes. */

const reason = whyNoGuests();
let engine: Emulated;
let directory: string;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});

beforeEach(({ skip }) => {
  skip(reason !== undefined, reason);
  engine.emulator.settings({ faults: [] });
  directory = mkdtempSync(join(tmpdir(), "nctart-starts-"));
});

afterEach(async () => {
  if (reason !== undefined) return;
  rmSync(directory, { recursive: true });
  expect(await engine.leftovers()).toEqual([]);
});

afterAll(async () => await engine?.[Symbol.asyncDispose]());

/** A `tart` before whose starts of machines this happens; `$vm` is the machine's name, `$tart` the real program. */
function before(everyRun: string): string {
  const program = join(directory, "tart");
  const { program: tart } = engine.emulator;
  const script = `#!/bin/sh
tart=${tart} directory=${directory}
if [ "$1" = run ]; then
  for vm; do :; done
  echo run >>"$directory/starts"
  ${everyRun}
fi
exec "$tart" "$@"
`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return program;
}

const starts = () => readFileSync(join(directory, "starts"), "utf8").split("\n").length - 1;

describe("a start that fails because", () => {
  /** Somebody else has the machine, for half a second or for good. Nobody reaches its guest in that time. */
  const another = (end: string) => `if mkdir "$directory/other" 2>/dev/null; then
    "$tart" run --no-graphics "$vm" >/dev/null 2>&1 </dev/null & other=$!
    until [ -S "$TART_HOME/vms/$vm/control.sock" ]; do sleep 0.02; done
    ${end}
  fi`;
  const soon = "(sleep 0.5; kill -INT $other) >/dev/null 2>&1 </dev/null &";

  test.each([
    ["the disk of a machine that is called stopped is locked (openai/tart#967)", ["lock-lost"]],
    ["the machine runs already (openai/tart#865)", []],
  ])("%s is tried once more", async (_, faults) => {
    engine.emulator.settings({ faults, agentMs: 2_000 });
    const provider = engine.provider({ program: before(another(soon)), connect: "agent" });
    await using sandbox = await createSandbox(provider);
    expect((await sandbox.exec(["echo", "started"])).stdout).toBe("started\n");
    expect(starts()).toBe(2);
  });

  test("another has the machine for long is told as that after the second time, and nothing is left", async () => {
    engine.emulator.settings({ agentMs: 60_000 });
    const provider = engine.provider({ program: before(another(":")), connect: "agent" });
    await expect(createSandbox(provider)).rejects.toMatchObject({
      code: "already_exists",
      hint: expect.stringContaining("tart stop"),
    });
    expect(starts()).toBe(2);
  });
});

describe("a saved state that cannot be restored", () => {
  const saves = 'echo "{}" >"$TART_HOME/vms/$vm/state.vzvmsave"';

  test("is dropped, and the machine boots without it", async () => {
    engine.emulator.settings({ faults: ["restore"] });
    const program = before(`if mkdir "$directory/saved" 2>/dev/null; then ${saves}; fi`);
    await using sandbox = await createSandbox(engine.provider({ program }), { image: macImage });
    expect((await sandbox.exec(["echo", "booted"])).stdout).toBe("booted\n");
    expect(starts()).toBe(2);
  });

  test("fails the create where that does not help, and nothing is left", async () => {
    engine.emulator.settings({ faults: ["restore"] });
    const creating = createSandbox(engine.provider({ program: before(saves) }), { image: macImage });
    await expect(creating).rejects.toMatchObject({
      code: "adapter_fault",
      hint: expect.stringContaining("saved state"),
    });
    expect(starts()).toBe(2);
  });
});
