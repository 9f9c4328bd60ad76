import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoGuests } from "@nanoclaw/emulator-base";
import { whyNoTestImages } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContainerEmulator, installContainer } from "../src/index.js";
import { type CommandResult, container, succeed } from "./commands.js";
import { type Row, rowsOf } from "./refused-values.js";

const image = "img";
const directory = mkdtempSync(join(tmpdir(), "rows-"));
const rows = rowsOf({ image, directory, running: "running", stopped: "stopped" });
const results = new Map<Row, CommandResult>();
const reason = whyNoGuests() ?? whyNoTestImages();
let emulator: ContainerEmulator;

beforeAll(async () => {
  if (reason !== undefined) return;
  writeFileSync(join(directory, "file"), "");
  emulator = await installContainer();
  await emulator.image({ name: "busybox", reference: image });
  await succeed(emulator, "system", "start");
  await succeed(emulator, "run", "-d", "--name", "running", image, "sleep", "1000");
  await succeed(emulator, "create", "--name", "stopped", image, "sleep", "1000");
  const queue = [...rows];
  const work = async () => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      results.set(row, await container(emulator, row.argv));
    }
  };
  await Promise.all([work(), work()]);
});

beforeEach(({ skip }) => skip(reason !== undefined, reason));

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await emulator?.[Symbol.asyncDispose]();
});

describe("rows of chapter 14 that take one command", () => {
  it.each(rows.map((row) => ({ ...row, line: row.argv.join(" "), given: row })))(
    "row $row: container $line",
    ({ exitCode, stderr, stdout = "", given }) => {
      const result = results.get(given);
      expect(result?.stderr).toContain(stderr);
      expect(result?.exitCode).toBe(exitCode);
      if (stderr === "") expect(result?.stderr).toBe("");
      if (typeof stdout === "string") expect(result?.stdout).toBe(stdout);
      else expect(result?.stdout).toMatch(stdout);
    },
  );

  it("leave nothing but what was there before", async () => {
    const shown = JSON.parse(await succeed(emulator, "list", "-a", "--format", "json")) as { id: string }[];
    expect(shown.map(({ id }) => id).sort()).toEqual(["running", "stopped"]);
  });
});

describe("rows of chapter 14 that take several commands", () => {
  it("row 43: delete a a: prints the id once", async () => {
    await succeed(emulator, "create", "--name", "twice", image, "true");
    expect(await succeed(emulator, "delete", "twice", "twice")).toBe("twice\n");
  });

  it("row 55: run -it without a terminal fails", async () => {
    const { exitCode, stderr } = await container(emulator, ["run", "--rm", "-it", image, "true"]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/^Error: /m);
  });

  it("row 56: volume delete of a volume that a stopped container has", async () => {
    await succeed(emulator, "create", "--name", "holder", "-v", "used:/v", image, "true");
    const result = await container(emulator, ["volume", "delete", "used"]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain('Error: delete failed for one or more volumes: ["used"]');
    await succeed(emulator, "delete", "holder");
    expect(await succeed(emulator, "volume", "delete", "used")).toBe("used\n");
  });

  it("row 57: exec -e adds a variable behind the one that is there", async () => {
    await succeed(emulator, "run", "-d", "--name", "env", "-e", "PATHX=1", image, "sleep", "1000");
    const out = await succeed(emulator, "exec", "-e", "PATHX=2", "--", "env", "cat", "/proc/self/environ");
    expect(out.split("\0").filter((entry) => entry.startsWith("PATHX="))).toEqual(["PATHX=1", "PATHX=2"]);
    await succeed(emulator, "delete", "-f", "env");
  });

  it("--env-file is read, which Node 20 takes for its own", async () => {
    const path = join(directory, "variables");
    writeFileSync(path, "FROM_FILE=1\n");
    const argv = ["run", "--rm", "--progress=none", "--env-file", path, image, "sh", "-c", "echo $FROM_FILE"];
    expect(await succeed(emulator, ...argv)).toBe("1\n");
    const missing = await container(emulator, ["run", "--rm", "--progress=none", "--env-file=/no", image]);
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error: failed to read envfile at \/no/),
    });
  });

  it("row 63: a label loses the equals sign at its end", async () => {
    await succeed(emulator, "create", "--name", "labelled", "-l", "k=ab=", image, "true");
    const [shown] = JSON.parse(await succeed(emulator, "inspect", "labelled"));
    expect(shown.configuration.labels).toEqual({ k: "ab" });
    await succeed(emulator, "delete", "labelled");
  });
});

describe("rows of chapter 14 while the service is down", () => {
  let down: ContainerEmulator;
  beforeAll(async () => {
    down = await installContainer();
  });
  afterAll(() => down[Symbol.asyncDispose]());

  it("row 1: container ps", async () => {
    const result = await container(down, ["ps"]);
    expect(result).toMatchObject({ exitCode: 64, stdout: "" });
    expect(result.stderr).toMatch(/^Error: Plugins are unavailable\. Start the container system services/);
  });

  it("row 52: container system status", async () => {
    const text = "apiserver is not running and not registered with launchd\n";
    expect(await container(down, ["system", "status"])).toMatchObject({
      exitCode: 1,
      stdout: text,
      stderr: "",
    });
    const json = await container(down, ["system", "status", "--format", "json"]);
    expect(json).toMatchObject({ exitCode: 1, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({ status: "unregistered", apiServerVersion: "" });
  });

  const connection = 'interrupted: "XPC connection error: Connection invalid"';
  const listFailed = `internalError: "failed to list containers" (cause: "${connection}")`;
  it.each([
    [["run", image, "true"], connection],
    [["image", "inspect", image], connection],
    [["image", "pull", image], connection],
    [["network", "list"], connection],
    [["list"], listFailed],
    [["exec", "x", "ls"], listFailed],
  ])("row 51: container %j", async (argv, text) => {
    expect(await container(down, argv)).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: `Error: ${text}\nEnsure container system service has been started with \`container system start\`.\n`,
    });
  });
});

it("tries every row of the chapter", () => {
  const tried = new Set([...rows.map(({ row }) => row), 43, 51, 52, 55, 56, 57, 63]);
  const all = Array.from({ length: 64 }, (_, index) => index + 1);
  expect(all.filter((row) => !tried.has(row))).toEqual([]);
});
