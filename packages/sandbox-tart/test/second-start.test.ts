import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { createSandbox } from "@nanoclaw/sandbox";
import { beforeEach, describe, expect, test } from "vitest";
import type { TartProvider } from "../src/provider.js";
import { emulated, macImage } from "./emulated.js";

/** A start that fails for a reason that passes. */

const reason = whyNoGuests();

interface Setting {
  readonly faults: readonly string[];
  /** Shell code before each start of a machine: `$vm` is its name, `$tart` the real program. */
  readonly everyRun: string;
}

/** On an emulator of its own, as tests run beside each other. The machine is started twice, and nothing is left. */
async function startsTwice({ faults, everyRun }: Setting, body: (provider: TartProvider) => Promise<void>) {
  await using engine = await emulated({ faults });
  const directory = mkdtempSync(join(tmpdir(), "nctart-starts-"));
  try {
    const program = join(directory, "tart");
    const script = `#!/bin/sh
tart=${engine.emulator.program} directory=${directory}
if [ "$1" = run ]; then
  for vm; do :; done
  echo run >>"$directory/starts"
  ${everyRun}
fi
exec "$tart" "$@"
`;
    writeFileSync(program, script);
    chmodSync(program, 0o755);
    // The agent alone: SSH would reach the guest of whoever else runs the machine.
    await body(engine.provider({ program, connect: "agent" }));
    expect(readFileSync(join(directory, "starts"), "utf8")).toBe("run\nrun\n");
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(await engine.leftovers()).toEqual([]);
}

describe.concurrent("a start that fails because", { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  /** Somebody else has the machine by the first time. He is stopped, so that nobody reaches his guest. */
  const another = (then: string) => `if mkdir "$directory/other" 2>/dev/null; then
    "$tart" run --no-graphics "$vm" >/dev/null 2>&1 </dev/null & other=$!
    until [ -S "$TART_HOME/vms/$vm/control.sock" ]; do sleep 0.02; done
    kill -STOP $other
    ${then}
  fi`;
  /** Once the first start has failed by him, however long that takes. */
  const endsThen = '"$tart" "$@"; code=$?; kill -KILL $other; exit $code';

  test.each([
    ["the disk of a machine that is called stopped is locked (openai/tart#967)", ["lock-lost"]],
    ["the machine runs already (openai/tart#865)", []],
  ])("%s is tried once more", (_, faults) =>
    startsTwice({ faults, everyRun: another(endsThen) }, async (provider) => {
      await using sandbox = await createSandbox(provider);
      expect((await sandbox.exec(["echo", "started"])).stdout).toBe("started\n");
    }),
  );

  test(
    "another keeps the machine is told as that after the second time, and nothing is left",
    { tags: ["thorough"] },
    () =>
      startsTwice({ faults: [], everyRun: another(":") }, async (provider) => {
        await expect(createSandbox(provider)).rejects.toMatchObject({
          code: "already_exists",
          hint: expect.stringContaining("tart stop"),
        });
      }),
  );
});

describe.concurrent("a saved state that cannot be restored", { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  const saves = 'echo "{}" >"$TART_HOME/vms/$vm/state.vzvmsave"';
  const savesOnce = `if mkdir "$directory/saved" 2>/dev/null; then ${saves}; fi`;

  test("is dropped, and the machine boots without it", () =>
    startsTwice({ faults: ["restore"], everyRun: savesOnce }, async (provider) => {
      await using sandbox = await createSandbox(provider, { image: macImage });
      expect((await sandbox.exec(["echo", "booted"])).stdout).toBe("booted\n");
    }));

  test("fails the create where that does not help, and nothing is left", { tags: ["thorough"] }, () =>
    startsTwice({ faults: ["restore"], everyRun: saves }, async (provider) => {
      await expect(createSandbox(provider, { image: macImage })).rejects.toMatchObject({
        code: "adapter_fault",
        hint: expect.stringContaining("saved state"),
      });
    }),
  );
});
