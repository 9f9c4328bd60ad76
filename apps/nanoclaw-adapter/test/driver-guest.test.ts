import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@nanoclaw/sandbox";
import { local } from "@nanoclaw/sandbox-local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { agreeOnTime } from "../src/driver/guest-clock.js";
import { withHostAddress } from "../src/run/host-alias.js";

/** A clock that is some seconds off until it is set, or for ever. */
const clock = `#!/bin/sh
cd /opt/clock || exit 1
case " $* " in
*" -s "*) [ -e stuck ] && exit 1; echo 0 >offset ;;
*" +%s "*) echo $(($(/usr/bin/date -u +%s) + $(cat offset))) ;;
*) exit 1 ;;
esac
`;

describe("the guest's clock", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "driver-clock-"));
    // The user of a local sandbox may do nothing else.
    for (const [name, text] of Object.entries({ date: clock, sudo: '#!/bin/sh\nshift 2\nexec "$@"\n' })) {
      writeFileSync(join(directory, name), text);
      chmodSync(join(directory, name), 0o755);
    }
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function guestWithClock(offsetSeconds: number): Promise<Sandbox> {
    writeFileSync(join(directory, "offset"), `${offsetSeconds}\n`);
    return await createSandbox(local(), {
      env: { PATH: "/opt/clock:/usr/bin:/bin" },
      mounts: [{ source: directory, target: "/opt/clock", readOnly: false }],
    });
  }

  test("is left alone where it agrees with the host's", async () => {
    await using sandbox = await guestWithClock(3);
    expect(await agreeOnTime(sandbox)).toBe(0);
    expect(readFileSync(join(directory, "offset"), "utf8")).toBe("3\n");
  });

  test.each([90, -90])("is set where it is %d s off", async (offset) => {
    await using sandbox = await guestWithClock(offset);
    const correctedMs = await agreeOnTime(sandbox);
    expect(Math.abs(correctedMs + offset * 1000)).toBeLessThan(5_000);
    expect(readFileSync(join(directory, "offset"), "utf8")).toBe("0\n");
  });

  test("that stays wrong is a guest not to be used, and another may be", async () => {
    await using sandbox = await guestWithClock(90);
    writeFileSync(join(directory, "stuck"), "");
    await expect(agreeOnTime(sandbox)).rejects.toMatchObject({ code: "engine_unavailable", retryable: true });
  });

  test("that cannot be read is no right clock", async () => {
    await using sandbox = await guestWithClock(0);
    rmSync(join(directory, "offset"));
    await expect(agreeOnTime(sandbox)).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});

test("the gateway's own name, too, becomes the address of the host, and what only resembles it stays", async () => {
  await using sandbox = await createSandbox(local());
  const env = { PROXY: "http://u:p@gateway.nanoclaw.test:1", NAME: "nanoclaw", OTHER: "http://example.test" };
  expect(await withHostAddress(sandbox, env, ["gateway.nanoclaw.test"])).toEqual({
    env: { ...env, PROXY: "http://u:p@127.0.0.1:1" },
    unknown: [],
  });
});
