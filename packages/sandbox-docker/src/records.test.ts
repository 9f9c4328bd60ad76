import type { CreateRequest } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { installationLabel, labelsOf, nameLabel, recordOf } from "./records.js";

const owner = { installation: "i", pid: 7, startedAt: "s", host: "h" };
const request = {
  id: "sandbox-1",
  name: "mine",
  labels: { "a key": "a\nvalue" },
  owner,
  expiresAt: 5,
} as Partial<CreateRequest> as CreateRequest;
const facts = { name: "/sandbox-1", state: "running", createdAt: 3 };

it("reads back what it wrote", () => {
  const labels = labelsOf(request, "image:1");
  expect(labels).toMatchObject({ [installationLabel]: "i", [nameLabel]: "mine" });
  expect(recordOf({ ...facts, labels })).toEqual({
    id: "sandbox-1",
    name: "mine",
    image: "image:1",
    labels: { "a key": "a\nvalue" },
    state: "running",
    createdAt: 3,
    expiresAt: 5,
    owner,
  });
});

it("takes no label of the image's for one of the user's", () => {
  const labels = { maintainer: "somebody", ...labelsOf(request, "image:1") };
  expect(recordOf({ ...facts, labels })?.labels).toEqual({ "a key": "a\nvalue" });
});

describe("takes nothing else for a sandbox", () => {
  const labels = labelsOf(request, "image:1");
  it.each([
    ["no labels", null],
    ["labels of others", { maintainer: "somebody" }],
    ["another installation than the record's", { ...labels, [installationLabel]: "another" }],
    ["a record that is no JSON", { ...labels, "dev.nanoclaw.sandbox.record": "{" }],
    ["a record of something else", { ...labels, "dev.nanoclaw.sandbox.record": "null" }],
  ])("%s", (_, given) => {
    expect(recordOf({ ...facts, labels: given })).toBeUndefined();
  });
});

it.each([
  ["created", "created"],
  ["initialized", "created"],
  ["running", "running"],
  ["paused", "running"],
  ["exited", "ended"],
  ["removing", "ended"],
  ["dead", "ended"],
])("reads the engine's state %s as %s", (state, expected) => {
  expect(recordOf({ ...facts, state, labels: labelsOf(request, "x") })?.state).toBe(expected);
});
