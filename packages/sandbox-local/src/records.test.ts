import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { thisMachine } from "./machine.js";
import { identify } from "./processes.js";
import { type LocalRecord, Records, stateOf } from "./records.js";

let directory = "";
let records: Records;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "records-"));
  records = new Records(join(directory, "state"));
  records.prepare();
});
afterEach(() => rmSync(directory, { recursive: true }));

function record(id: string, rest: Partial<LocalRecord> = {}): LocalRecord {
  const owner = { installation: "i", pid: 1, startedAt: "1", host: "h" };
  return {
    id,
    labels: {},
    createdAt: 1,
    owner,
    machine: thisMachine(),
    network: "none",
    controlGroups: [],
    ...rest,
  };
}
const self = identify(process.pid);
const codeOf = (code: string) => expect.objectContaining({ code });

test("a record is read as it was written, and is nobody else's to read", () => {
  const written = record("a", { name: "n", labels: { x: "ü\n" }, expiresAt: 5 });
  records.add(written);
  expect(records.read("a")).toEqual(written);
  expect(statSync(join(directory, "state")).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "state/a/record.json")).mode & 0o777).toBe(0o600);
});

test("an id is used once", () => {
  records.add(record("a"));
  expect(() => records.add(record("a", { createdAt: 2 }))).toThrow(codeOf("already_exists"));
  expect(records.read("a")?.createdAt).toBe(1);
});

test("a name is one living sandbox's, and free again after its end", () => {
  records.add(record("a", { init: self, name: "n" }));
  records.claimName("n", "a");
  records.add(record("b", { name: "n" }));
  expect(() => records.claimName("n", "b")).toThrow(codeOf("already_exists"));
  records.update(record("a", { init: { pid: process.pid, startedAt: "0" }, name: "n" }));
  records.claimName("n", "b");
  records.remove("b", "n");
  records.remove("a", "n");
  expect(readdirSync(join(directory, "state"))).toEqual([]);
});

test("tells those that run from those that began and those that ended", () => {
  expect(stateOf(record("a"))).toBe("created");
  expect(stateOf(record("a", { init: self }))).toBe("running");
  expect(stateOf(record("a", { init: { pid: process.pid, startedAt: "0" } }))).toBe("ended");
  expect(stateOf(record("a", { init: self, machine: { ...thisMachine(), boot: "another" } }))).toBe("ended");
});

test("leaves the sandboxes of another machine to it", () => {
  records.add(record("a", { machine: { ...thisMachine(), id: "another" } }));
  expect(records.all()).toEqual([]);
});

test("an id is never taken for a path", () => {
  expect(records.read("../x")).toBeUndefined();
  records.remove("..", undefined);
  expect(existsSync(directory)).toBe(true);
});
