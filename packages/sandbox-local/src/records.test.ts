import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { thisMachine } from "./machine.js";
import { identify } from "./processes.js";
import { type LocalRecord, Records, stateOf } from "./records.js";

let directory = "";
let records: Records;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "records-"));
  records = new Records(join(directory, "state"));
  await records.prepare();
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

test("a record is read as it was written, and is nobody else's to read", async () => {
  const written = record("a", { name: "n", labels: { x: "ü\n" }, expiresAt: 5 });
  await records.add(written);
  expect(await records.read("a")).toEqual(written);
  expect(statSync(join(directory, "state")).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "state/a/record.json")).mode & 0o777).toBe(0o600);
});

test("an id is used once", async () => {
  await records.add(record("a"));
  await expect(records.add(record("a", { createdAt: 2 }))).rejects.toEqual(codeOf("already_exists"));
  expect((await records.read("a"))?.createdAt).toBe(1);
});

test("a name is one living sandbox's, and free again after its end", async () => {
  await records.add(record("a", { init: self, name: "n" }));
  await records.claimName("n", "a");
  await records.add(record("b", { name: "n" }));
  await expect(records.claimName("n", "b")).rejects.toEqual(codeOf("already_exists"));
  await records.update(record("a", { init: { pid: process.pid, startedAt: "0" }, name: "n" }));
  await records.claimName("n", "b");
  await records.remove("b", "n");
  await records.remove("a", "n");
  expect(readdirSync(join(directory, "state"))).toEqual([]);
});

test("of many that claim a name at once, one gets it", async () => {
  const ids = Array.from({ length: 8 }, (_, index) => `s${index}`);
  await Promise.all(ids.map((id) => records.add(record(id, { init: self }))));
  const outcomes = await Promise.allSettled(ids.map((id) => records.claimName("n", id)));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("tells those that run from those that began and those that ended", () => {
  expect(stateOf(record("a"))).toBe("created");
  expect(stateOf(record("a", { init: self }))).toBe("running");
  expect(stateOf(record("a", { init: { pid: process.pid, startedAt: "0" } }))).toBe("ended");
  expect(stateOf(record("a", { init: self, machine: { ...thisMachine(), boot: "another" } }))).toBe("ended");
});

test("leaves the sandboxes of another machine to it", async () => {
  await records.add(record("a", { machine: { ...thisMachine(), id: "another" } }));
  expect(await records.all()).toEqual([]);
});

test("an id is never taken for a path", async () => {
  expect(await records.read("../x")).toBeUndefined();
  await records.remove("..", undefined);
  expect(existsSync(directory)).toBe(true);
});
