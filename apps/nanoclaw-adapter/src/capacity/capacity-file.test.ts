import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installationAt } from "../installation.js";
import { capacityFileOf, readCapacityFile } from "./capacity-file.js";
import { createCapacity } from "./create-capacity.js";

const directory = mkdtempSync(join(tmpdir(), "nanoclaw-capacity-file-"));
const installation = installationAt({
  root: directory,
  configDirectory: join(directory, "config"),
  stateDirectory: join(directory, "state"),
});
mkdirSync(installation.configDirectory);
afterAll(() => rmSync(directory, { recursive: true }));

test("no file says nothing", () => {
  expect(readCapacityFile(installation)).toEqual({});
});

test("limits of the file hold where the program gives none", async () => {
  writeFileSync(
    capacityFileOf(installation),
    '{ "engines": { "docker": { "runCount": 0 } }, "machine": { "memoryMiB": 99 } }',
  );
  const ask = (limits: object, runtime: "docker" | "local") =>
    createCapacity(installation, limits).admit({ folder: "chat", runtime, memoryMiB: 100 }, { timeoutMs: 0 });
  await expect(ask({ machine: { memoryMiB: 1000 } }, "docker")).rejects.toThrow("runs at once in docker");
  await expect(ask({}, "local")).rejects.toThrow("it needs 100 of at most 99");
});

test.each([
  ["{", "It is not JSON"],
  ["[]", "It is no object"],
  ['{ "runCount": 3 }', 'It has "runCount", and may have engines, machine, assumedMemoryMiB'],
  ['{ "engines": { "podman": {} } }', 'engines has "podman"'],
  ['{ "engines": { "tart": { "memory": 1 } } }', 'engines.tart has "memory"'],
  ['{ "engines": { "tart": { "memoryMiB": "1" } } }', "engines.tart.memoryMiB is no number"],
  ['{ "machine": { "cpuCount": null } }', "machine.cpuCount is no number"],
])("refuses %s", (text, message) => {
  writeFileSync(capacityFileOf(installation), text);
  expect(() => createCapacity(installation)).toThrow(message);
});
