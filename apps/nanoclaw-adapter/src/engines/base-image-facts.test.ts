import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installationAt } from "../installation.js";
import { ImageRecords, type Manifest } from "../prepare/image-records.js";
import { baseImageFacts } from "./base-image-facts.js";

const directory = mkdtempSync(join(tmpdir(), "ncfacts-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const installation = installationAt({
  root: directory,
  environment: { XDG_STATE_HOME: directory, HOME: directory },
});
const question = { installation, runtime: "tart", image: "base", place: "/tart" } as const;
const manifest: Manifest = {
  ...{ format: 1, engine: "tart", image: "base", identity: "disk 1", hash: "h" },
  ...{ from: { name: "ghcr.io/x/y:1", digest: "ghcr.io/x/y@sha256:ab" }, versions: {} },
  tools: [
    { step: "claude", version: "2.1.197", command: ["claude", "--version"], output: "2.1.197" },
    { step: "tools", command: ["git", "--version"], output: "git" },
  ],
  preparedAt: "2026-01-01T00:00:00.000Z",
};
const nowMs = Date.parse("2026-02-15T00:00:00.000Z");

test("F9: of an image without a manifest nothing is taken for granted", () => {
  expect(baseImageFacts(question)).toEqual([expect.stringMatching(/^Nothing is known of what is in it/)]);
});

test("S12: a manifest tells digest, versions and age, of the image that it was written for and no other", () => {
  new ImageRecords(installation, "tart", "base", "/tart").writeManifest(manifest);
  expect(baseImageFacts({ ...question, identity: "disk 1", nowMs })).toEqual([
    "prepared at 2026-01-01T00:00:00.000Z, of ghcr.io/x/y:1, ghcr.io/x/y@sha256:ab",
    "found in it then: claude 2.1.197",
    expect.stringMatching(/45 days ago.*prepare --engine tart --image base --update$/),
  ]);
  expect(baseImageFacts({ ...question, identity: "disk 2" })).toEqual([
    expect.stringMatching(/^It has changed since it was prepared/),
  ]);
  expect(baseImageFacts({ ...question, place: "/other" })).toEqual([
    expect.stringMatching(/^Nothing is known/),
  ]);
});
