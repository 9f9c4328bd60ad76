import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { createSandbox } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulated, emulated, linuxImage } from "./emulated.js";

const reason = whyNoGuests();
const password = randomBytes(12).toString("hex");

/** Every file below, by path, but for disks, which the emulator leaves empty. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "disk.img")
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Arguments and environments of every process of the host. */
function processes(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids
    .flatMap((pid) => ["cmdline", "environ"].map((name) => `/proc/${pid}/${name}`))
    .map((file) => {
      try {
        return readFileSync(file, "latin1");
      } catch {
        // It has ended, or is of the kernel.
        return "";
      }
    })
    .join("\n");
}

describe("the password of an image", () => {
  let engine: Emulated;

  beforeAll(async () => {
    if (reason !== undefined) return;
    engine = await emulated({ agent: "none" });
    const shadow = filesBelow(join(engine.emulator.home, "vms", linuxImage)).find((file) =>
      file.endsWith("/etc/shadow"),
    );
    if (shadow === undefined || !existsSync(shadow)) throw new Error("The image should have a shadow file.");
    const hash = execFileSync("perl", ["-e", "chomp($_ = <STDIN>); print crypt($_, q($6$salt$))"], {
      input: password,
      encoding: "utf8",
    });
    writeFileSync(shadow, readFileSync(shadow, "utf8").replace(/^admin:[^:]*/m, `admin:${hash}`));
  });
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterAll(async () => await engine?.[Symbol.asyncDispose]());

  test("opens SSH, and is in no argument, environment or file of the host", async () => {
    const events: unknown[] = [];
    await using sandbox = await createSandbox(engine.provider({ connect: "ssh", password }), {
      onEvent: (event) => events.push(event),
    });
    const running = sandbox.exec(["sleep", "1"]);
    expect(processes()).not.toContain(password);
    await running;
    for (const file of [engine.emulator.home, engine.stateDirectory].flatMap(filesBelow)) {
      expect(readFileSync(file).includes(password), file).toBe(false);
    }
    expect(JSON.stringify(events)).not.toContain(password);
  });

  test("is in no error when it is wrong", async () => {
    const wrong = randomBytes(12).toString("hex");
    const error = await createSandbox(engine.provider({ connect: "ssh", password: wrong })).catch(
      (each) => each,
    );
    expect(error).toMatchObject({ code: "permission_denied" });
    expect(JSON.stringify(error) + error.stack + error.hint + String(error.cause)).not.toContain(wrong);
  });
});
