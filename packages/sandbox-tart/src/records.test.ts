import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { vmName } from "./names.js";
import { Records, stateOf, type TartRecord } from "./records.js";

let records: Records;

beforeEach(() => {
  records = new Records(join(mkdtempSync(join(tmpdir(), "tart-records-")), "tart"));
});

afterEach(() => {
  rmSync(join(records.directory, ".."), { recursive: true });
});

function recordOf(id: string, details: Partial<TartRecord> = {}): TartRecord {
  const owner = { installation: "i", pid: 1, startedAt: "1", host: "h" };
  const network = "open" as const;
  return {
    ...{ format: 1, id, vm: vmName(id, "i"), home: "/h", owner, network },
    ...{ labels: {}, env: {}, createdAt: 1, ...details },
  } as TartRecord;
}

test("a record is there whole, readable by its user alone, and gone with all that belongs to it", () => {
  records.prepare();
  const record = recordOf("sandbox-1", { name: "a" });
  records.write(record);
  records.write({ ...record, os: "linux" });
  expect(records.read("sandbox-1")).toEqual({ ...record, os: "linux" });
  expect(statSync(join(records.directory, "sandbox-1.json")).mode & 0o777).toBe(0o600);
  writeFileSync(records.log("sandbox-1"), "words\n");
  expect(records.readLog("sandbox-1")).toBe("words\n");
  records.remove("sandbox-1");
  expect(readdirSync(records.directory)).toEqual([]);
  expect(records.read("sandbox-1")).toBeUndefined();
});

test("where nothing was ever made there is nothing", () => {
  expect(records.all()).toEqual([]);
  expect(records.read("sandbox-1")).toBeUndefined();
  expect(records.readLog("sandbox-1")).toBe("");
});

test("an id is no path", () => {
  records.prepare();
  writeFileSync(join(records.directory, "..", "x.json"), JSON.stringify(recordOf("../x")));
  expect(records.read("../x")).toBeUndefined();
});

test.each([
  ["cut off", JSON.stringify(recordOf("sandbox-1")).slice(0, 60)],
  ["empty", ""],
  ["of another id", JSON.stringify(recordOf("sandbox-2"))],
  ["that leads to another machine", JSON.stringify(recordOf("sandbox-1", { vm: "the-users-own" }))],
  ["without an owner", JSON.stringify({ ...recordOf("sandbox-1"), owner: undefined })],
  ["of another format", JSON.stringify({ ...recordOf("sandbox-1"), format: 2 })],
])("a record %s proves nothing", (_, text) => {
  records.prepare();
  writeFileSync(join(records.directory, "sandbox-1.json"), text);
  expect(records.read("sandbox-1")).toBe("damaged");
  expect(records.all()).toEqual([]);
});

test("the state is told by Tart's list and by the process", () => {
  const made = recordOf("sandbox-1");
  const ran = { ...made, process: { pid: 1, startedAt: "1", command: "run" as const } };
  const row = (state: "running" | "stopped") => [{ source: "local" as const, name: made.vm, state }];
  expect(stateOf(made, [], false)).toBe("created");
  expect(stateOf({ ...made, process: { ...ran.process, command: "clone" } }, [], false)).toBe("created");
  expect(stateOf(ran, row("running"), true)).toBe("running");
  expect(stateOf(ran, row("stopped"), false)).toBe("ended");
  expect(stateOf(ran, [], false)).toBe("ended");
  // openai/tart#967
  expect(stateOf(ran, row("stopped"), true)).toBe("running");
});
