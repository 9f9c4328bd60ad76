import type { CreateRequest, Mount } from "@nanoclaw/sandbox/adapter";
import { describe, expect, test } from "vitest";
import { execArguments, refuseInexact, refuseMounts, runArguments, unkeptSetting } from "./arguments.js";
import type { ListedContainer } from "./container-list.js";
import { settingsFrom } from "./options.js";

const mount = (source: string, target: string, readOnly = true): Mount => ({ source, target, readOnly });

const request = (details: Partial<CreateRequest> = {}): CreateRequest => ({
  id: "sandbox-1",
  env: {},
  labels: {},
  mounts: [],
  limits: {},
  network: "open",
  ports: [],
  lifetime: "owner",
  owner: { installation: "installation-1", pid: 7, startedAt: "1", host: "a:b:c" },
  mainCommand: ["/bin/sh", "-c", "--a script", "---x"],
  ...details,
});

const settings = settingsFrom({});

describe("container run", () => {
  test("runs the main command in the foreground, removes itself, and has no capability", () => {
    const args = runArguments(request(), settings);
    const label = args.find((arg) => arg.startsWith("--label=")) ?? "";
    expect(label).toMatch(/^--label=dev\.nanoclaw\.sandbox\.record=[\w-]+$/);
    expect(args.filter((arg) => arg !== label)).toEqual([
      ...["run", "--interactive", "--rm", "--progress=none", "--name=sandbox-1", "--init", "--cap-drop=ALL"],
      ...["--entrypoint=/bin/sh", "--", "debian:stable-slim"],
      ...["-c", expect.stringContaining('exec "$@"'), "sandbox-start"],
      ...["/bin/sh", "-c", "--a script", "---x"],
    ]);
  });

  test("every value stands behind an equals sign, and every word of the guest behind --", () => {
    const asked = request({
      image: "node:22",
      user: "1000:1000",
      workdir: "/new/dir",
      env: { A: "-1", EMPTY: "", LINES: "a\nb" },
      limits: { cpuCount: 2, memoryMiB: 512 },
      network: "none",
      mounts: [mount("/host/a", "/a"), mount("/host/b", "/b", false)],
    });
    const args = runArguments(
      asked,
      settingsFrom({ readOnlyRootfs: true, init: false, capAdd: ["NET_RAW"] }),
    );
    const end = args.indexOf("--");
    expect(args.slice(0, end).filter((arg) => !arg.startsWith("--"))).toEqual(["run"]);
    expect(args.slice(end, end + 2)).toEqual(["--", "node:22"]);
    for (const option of [
      ...["--memory=512m", "--cpus=2", "--network=none", "--user=1000:1000", "--workdir=/new/dir"],
      ...["--env=A=-1", "--env=EMPTY=", "--env=LINES=a\nb", "--cap-add=NET_RAW", "--read-only"],
      "--mount=type=bind,source=/host/a,target=/a,readonly",
      "--mount=type=bind,source=/host/b,target=/b",
      "--mount=type=tmpfs,destination=/tmp,mode=1777",
    ]) {
      expect(args.slice(0, end)).toContain(option);
    }
    expect(args).not.toContain("--init");
  });

  test("names of servers are for a network alone", () => {
    const dns = settingsFrom({ dns: ["9.9.9.9"] });
    expect(runArguments(request(), dns)).toContain("--dns=9.9.9.9");
    expect(runArguments(request({ network: "none" }), dns).join(" ")).not.toContain("--dns");
  });
});

test("container exec has no options of the command's, and no environment", () => {
  expect(execArguments("sandbox-1", "node", ["sh", "--", "-x"])).toEqual([
    ...["exec", "--interactive", "--user=node", "--", "sandbox-1", "sh", "--", "-x"],
  ]);
});

describe("what the engine cannot do exactly is refused before anything is made:", () => {
  test.each<[string, Partial<CreateRequest>, string]>([
    ["half a CPU", { limits: { cpuCount: 1.5 } }, "limits.cpuCount: 2"],
    ["little memory", { limits: { memoryMiB: 199 } }, "limits.memoryMiB: 200"],
  ])("%s", (_, details, hint) => {
    expect(() => refuseInexact(request(details))).toThrow(
      expect.objectContaining({ code: "unsupported", hint: expect.stringContaining(hint) }),
    );
  });

  test("ports without a network", () => {
    expect(() => refuseInexact(request({ network: "none", ports: [80] }))).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });

  test.each<[string, Mount[]]>([
    ["a comma", [mount("/a,readonly", "/a")]],
    ["an equals sign", [mount("/a", "/a=b")]],
    ["a colon", [mount("/a:b", "/a")]],
    ["one source with two modes", [mount("/a", "/a"), mount("/a", "/b", false)]],
  ])("a mount with %s", (_, mounts) => {
    expect(() => refuseMounts({ mounts })).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  test("and what it can do is not", () => {
    refuseInexact(request({ limits: { cpuCount: 2, memoryMiB: 200 }, ports: [80] }));
    refuseMounts({ mounts: [mount("/a", "/a"), mount("/a", "/b"), mount("/a b;'c", "/c", false)] });
  });
});

describe("what was asked for is read back:", () => {
  const asked = request({
    limits: { cpuCount: 2, memoryMiB: 256 },
    network: "none",
    mounts: [mount("/host/a", "/a"), mount("/host/b", "/b", false)],
  });
  const strict = settingsFrom({ readOnlyRootfs: true });
  const kept = (change: object = {}): ListedContainer => ({
    id: "sandbox-1",
    configuration: {
      resources: { cpus: 2, memoryInBytes: 256 * 2 ** 20 },
      networks: [],
      readOnly: true,
      capDrop: ["ALL"],
      mounts: [
        { destination: "/a", options: ["ro"] },
        { destination: "/b", options: [] },
      ],
      ...change,
    },
    status: { state: "running" },
  });

  test("all of it was kept", () => expect(unkeptSetting(asked, strict, kept())).toBeUndefined());

  test.each<[string, object]>([
    ["limits.cpuCount", { resources: { cpus: 4, memoryInBytes: 256 * 2 ** 20 } }],
    ["limits.memoryMiB", { resources: { cpus: 2, memoryInBytes: 2 ** 30 } }],
    ["network", { networks: [{ network: "default" }] }],
    ["network", { networks: undefined }],
    ["readOnlyRootfs", { readOnly: false }],
    ["capDrop", { capDrop: [] }],
    ["the mount at /a", { mounts: [{ destination: "/b", options: [] }] }],
    [
      "the mount at /a",
      {
        mounts: [
          { destination: "/a", options: [] },
          { destination: "/b", options: [] },
        ],
      },
    ],
  ])("%s was not", (setting, change) => {
    expect(unkeptSetting(asked, strict, kept(change))).toBe(setting);
  });
});
