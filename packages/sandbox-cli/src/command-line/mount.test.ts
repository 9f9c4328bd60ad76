import { expect, test } from "vitest";
import { parseMount } from "./mount.js";
import { UsageError } from "./usage-error.js";

test("mounts read-only unless rw is written", () => {
  expect(parseMount("/a:/b")).toEqual({ source: "/a", target: "/b", readOnly: true });
  expect(parseMount("/a:/b:ro")).toEqual({ source: "/a", target: "/b", readOnly: true });
  expect(parseMount("/a:/b:rw")).toEqual({ source: "/a", target: "/b", readOnly: false });
});

test("takes a relative source from the working directory", () => {
  expect(parseMount(".:/work", "/home/me/project").source).toBe("/home/me/project");
  expect(parseMount("../lib:/lib2", "/home/me/project").source).toBe("/home/me/lib");
});

test("keeps colons, spaces and newlines of the source", () => {
  expect(parseMount("/odd:name/a b\nc:/t").source).toBe("/odd:name/a b\nc");
  expect(parseMount("/ends/rw:/t:ro").source).toBe("/ends/rw");
});

test.each(["", "/a", ":/b", "/a:b", "/a:", "/a:/b:rwx", "/a:/b:"])("refuses %j", (text) => {
  expect(() => parseMount(text)).toThrow(UsageError);
});
