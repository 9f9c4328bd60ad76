import { expect, test } from "vitest";
import { localVm, parseFacts, parseList } from "./vm-list.js";

/** As Foundation prints it: spaces before colons, escaped slashes, keys in any order. */
const listed = `[
  {
    "State" : "running",
    "Running" : true,
    "Disk" : null,
    "Accessed" : "2026-02-23T10:11:12Z",
    "Source" : "local",
    "Size" : 20,
    "Name" : "dev"
  },
  {
    "Name" : "ghcr.io\\/cirruslabs\\/ubuntu:latest",
    "Disk" : 20,
    "SizeOnDisk" : 4,
    "Source" : "OCI",
    "Size" : 4,
    "Running" : false,
    "State" : "stopped"
  },
  {
    "Name" : "older",
    "Disk" : 20,
    "Source" : "local",
    "Size" : 4,
    "Running" : false,
    "State" : "suspended"
  }
]
`;

test("reads a list of any release", () => {
  expect(parseList(listed)).toEqual([
    { source: "local", name: "dev", state: "running" },
    { source: "oci", name: "ghcr.io/cirruslabs/ubuntu:latest", state: "stopped" },
    { source: "local", name: "older", state: "suspended" },
  ]);
  expect(parseList(listed.replace('"OCI"', '"oci"'))[1]?.source).toBe("oci");
  expect(parseList("[\n\n]\n")).toEqual([]);
});

test("an image is no local machine of the same name", () => {
  const rows = parseList(listed);
  expect(localVm(rows, "dev")?.state).toBe("running");
  expect(localVm(rows, "ghcr.io/cirruslabs/ubuntu:latest")).toBeUndefined();
});

test("reads what a machine is, with a size that is a text and a disk that may be unknown", () => {
  const text = `{ "OS" : "darwin", "CPU" : 4, "Memory" : 8192, "Disk" : null, "Size" : "19.822",
    "Display" : "1024x768", "Running" : false, "State" : "suspended" }`;
  expect(parseFacts(text)).toEqual({
    os: "darwin",
    cpuCount: 4,
    memoryMiB: 8192,
    diskGb: null,
    state: "suspended",
  });
});

test.each([["list"], ["{}"], ["[1]"], ['[{"Source":"local"}]']])(
  "what is no list is told as that: %s",
  (text) => {
    expect(() => parseList(text)).toThrow(expect.objectContaining({ code: "adapter_fault" }));
  },
);

test("what tells of no machine is told as that", () => {
  expect(() => parseFacts('{"OS":"windows","CPU":1,"Memory":1}')).toThrow(/tart get/);
});
