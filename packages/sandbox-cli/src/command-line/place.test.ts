import { expect, test } from "vitest";
import { copyTarget, parsePlace } from "./place.js";
import { UsageError } from "./usage-error.js";

test.each([
  ["box:/a b", { sandbox: "box", path: "/a b" }],
  ["sandbox-12ab:a", { sandbox: "sandbox-12ab", path: "/a" }],
  ["box:/a:b\nc", { sandbox: "box", path: "/a:b\nc" }],
  ["./box:/a", { sandbox: undefined, path: "./box:/a" }],
  ["/a:b", { sandbox: undefined, path: "/a:b" }],
  ["plain", { sandbox: undefined, path: "plain" }],
  ["-:x", { sandbox: undefined, path: "-:x" }],
])("reads %j", (word, expected) => {
  expect(parsePlace(word)).toEqual(expected);
});

test.each(["box:", ""])("refuses %j", (word) => {
  expect(() => parsePlace(word)).toThrow(UsageError);
});

const file = { path: "/from/name", isDirectory: false };
const directory = { path: "/from/name", isDirectory: true };

test("into a directory that exists it keeps its name", () => {
  expect(copyTarget(file, "/to", "directory")).toBe("/to/name");
  expect(copyTarget(file, "/to/", "directory")).toBe("/to/name");
  expect(copyTarget(directory, "/", "directory")).toBe("/name");
  expect(copyTarget({ path: "/from/name/", isDirectory: true }, "/to", "directory")).toBe("/to/name");
});

test("where nothing is it gets the name that was written", () => {
  expect(copyTarget(file, "/to/new", "nothing")).toBe("/to/new");
  expect(copyTarget(directory, "/to/new", "nothing")).toBe("/to/new");
  expect(copyTarget(file, "/to/old", "file")).toBe("/to/old");
});

test("a dot at the end means the content of the directory", () => {
  const content = { path: "/from/name/.", isDirectory: true };
  expect(copyTarget(content, "/to", "directory")).toBe("/to");
  expect(copyTarget(content, "/to/new", "nothing")).toBe("/to/new");
});

test("refuses a directory in the place of a file, and a file as a directory that is not there", () => {
  expect(() => copyTarget(directory, "/to", "file")).toThrow(UsageError);
  expect(() => copyTarget(file, "/to/", "nothing")).toThrow(UsageError);
});
