import { expect, test } from "vitest";
import { diskGb, refuseInexact, runArguments, setArguments, unkeptLimit } from "./arguments.js";

const quiet = { graphics: false, audio: false, clipboard: false };

test("a machine runs without window, sound and clipboard unless they are asked for", () => {
  const request = { mounts: [], network: "open" } as const;
  expect(runArguments("vm", request, quiet)).toEqual([
    "run",
    "--no-graphics",
    "--no-audio",
    "--no-clipboard",
    "vm",
  ]);
  expect(runArguments("vm", request, { graphics: true, audio: true, clipboard: true })).toEqual([
    "run",
    "vm",
  ]);
});

test("every share has a name and its mode", () => {
  const mounts = [
    { source: "/a b", target: "/work", readOnly: false },
    { source: "/-c", target: "/other", readOnly: true },
  ];
  expect(runArguments("vm", { mounts, network: "open" }, quiet)).toContain("--dir=mount-0:/a b");
  expect(runArguments("vm", { mounts, network: "open" }, quiet)).toContain("--dir=mount-1:/-c:ro");
});

test("without a network everything is blocked by Softnet", () => {
  expect(runArguments("vm", { mounts: [], network: "none" }, quiet)).toContain(
    "--net-softnet-block=0.0.0.0/0",
  );
});

test("every clone gets an address and a serial number of its own, and its limits", () => {
  expect(setArguments("vm", {})).toEqual(["set", "vm", "--random-mac", "--random-serial"]);
  expect(setArguments("vm", { cpuCount: 4, memoryMiB: 4096, diskGiB: 50 })).toEqual([
    ...["set", "vm", "--random-mac", "--random-serial"],
    ...["--cpu", "4", "--memory", "4096", "--disk-size", "53"],
  ]);
});

test("a disk is never larger than what was asked for", () => {
  for (const diskGiB of [1, 20, 50, 140.5]) {
    expect(diskGb(diskGiB) * 1e9).toBeLessThanOrEqual(diskGiB * 2 ** 30);
  }
});

test.each([
  [{ cpuCount: 1.5 }, "unsupported"],
  [{ diskGiB: 0.5 }, "unsupported"],
])("refuses a limit that Tart cannot keep exactly: %o", (limits, code) => {
  expect(() => refuseInexact({ limits, mounts: [] })).toThrow(expect.objectContaining({ code }));
});

test.each(["/a:b", "/a,ro", "/a,tag=x", "/ro,ro"])("refuses a path that Tart would misread: %s", (source) => {
  const mounts = [{ source, target: "/work", readOnly: false }];
  expect(() => refuseInexact({ limits: {}, mounts })).toThrow(
    expect.objectContaining({ code: "unsupported" }),
  );
});

test("accepts a path with other commas", () => {
  const mounts = [{ source: "/a,b, c", target: "/work", readOnly: false }];
  expect(() => refuseInexact({ limits: { cpuCount: 2 }, mounts })).not.toThrow();
});

test("notices a limit that was not taken", () => {
  const facts = { os: "linux", cpuCount: 4, memoryMiB: 4096, diskGb: 20, state: "stopped" } as const;
  expect(unkeptLimit({ cpuCount: 4, memoryMiB: 4096 }, facts)).toBeUndefined();
  expect(unkeptLimit({ cpuCount: 2 }, facts)).toBe("cpuCount");
  expect(unkeptLimit({ memoryMiB: 2048 }, facts)).toBe("memoryMiB");
  expect(unkeptLimit({ diskGiB: 10 }, facts)).toBe("diskGiB");
  // Tart cannot always tell (openai/tart#1344), and has refused what it would not do.
  expect(unkeptLimit({ diskGiB: 10 }, { ...facts, diskGb: null })).toBeUndefined();
});
