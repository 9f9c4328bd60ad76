import type { CreateRequest } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { containerBody, unkeptSetting } from "./arguments.js";
import { type DockerOptions, settingsFrom } from "./options.js";

const request: CreateRequest = {
  id: "sandbox-1",
  image: "busybox:1",
  env: {},
  labels: {},
  mounts: [],
  limits: {},
  network: "open",
  ports: [],
  lifetime: "owner",
  owner: { installation: "i", pid: 1, startedAt: "1", host: "h" },
  mainCommand: ["/bin/sh", "-c", "script", "sandbox"],
};

interface Body {
  readonly HostConfig: Record<string, unknown>;
  readonly [name: string]: unknown;
}

/** As it is sent: without what is undefined. */
function body(overrides: Partial<CreateRequest> = {}, options: DockerOptions = {}, podman = false): Body {
  const made = containerBody({ ...request, ...overrides }, settingsFrom(options), { init: true, podman });
  return JSON.parse(JSON.stringify(made)) as Body;
}

describe("containerBody", () => {
  it("holds the leash: standard input open for one connection, removal at the end", () => {
    expect(body()).toMatchObject({
      Image: "busybox:1",
      Entrypoint: ["/bin/sh"],
      Cmd: ["-c", "script", "sandbox"],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      Healthcheck: { Test: ["NONE"] },
      HostConfig: { AutoRemove: true, Init: true, LogConfig: { Type: "none" } },
    });
  });

  it("hardens", () => {
    expect(body().HostConfig).toMatchObject({
      CapDrop: ["ALL"],
      CapAdd: [],
      SecurityOpt: ["no-new-privileges"],
      PidsLimit: 512,
      ReadonlyRootfs: false,
    });
  });

  it("leaves to the image and the engine what nobody asked for", () => {
    const made = body();
    for (const name of ["WorkingDir", "User"]) expect(made).not.toHaveProperty(name);
    for (const name of ["Memory", "NanoCpus", "StorageOpt", "Runtime", "Tmpfs"]) {
      expect(made.HostConfig).not.toHaveProperty(name);
    }
  });

  it("passes limits on in the engine's units, swap included in memory", () => {
    const limits = { cpuCount: 1.5, memoryMiB: 64, pidCount: 9, diskGiB: 2 };
    expect(body({ limits }).HostConfig).toMatchObject({
      NanoCpus: 1_500_000_000,
      Memory: 64 << 20,
      MemorySwap: 64 << 20,
      PidsLimit: 9,
      StorageOpt: { size: "2147483648" },
    });
  });

  it("mounts outer directories before inner ones, and shuts the host's own mounts out of read-only ones", () => {
    const mounts = [
      { source: "/h/c", target: "/a/b/c", readOnly: false },
      { source: "/h/b", target: "/a/b/", readOnly: true },
      { source: "/h/a", target: "/a", readOnly: false },
    ];
    expect(body({ mounts }).HostConfig.Mounts).toMatchObject([
      { Type: "bind", Source: "/h/a", Target: "/a", ReadOnly: false, BindOptions: { NonRecursive: false } },
      { Source: "/h/b", Target: "/a/b/", ReadOnly: true, BindOptions: { NonRecursive: true } },
      { Source: "/h/c", Target: "/a/b/c", ReadOnly: false },
    ]);
  });

  it("keeps names out of what Podman would make of them", () => {
    const mounts = [
      { source: "/h/a,readonly=false", target: "/a", readOnly: true },
      { source: "/h/b", target: '/b"', readOnly: false },
      { source: "/h/c:d", target: "/c", readOnly: true },
    ];
    expect(body({ mounts }).HostConfig.Mounts).toHaveLength(3);
    expect(body({ mounts }, {}, true).HostConfig).toMatchObject({
      Binds: ["/h/a,readonly=false:/a:ro,bind,rprivate", '/h/b:/b":rw,rbind,rprivate'],
      Mounts: [{ Source: "/h/c:d", Target: "/c", ReadOnly: true }],
    });
    const both = [{ source: "/h/a,b:c", target: "/a", readOnly: true }];
    expect(() => body({ mounts: both }, {}, true)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  it("publishes ports on loopback alone, at a port that the engine chooses", () => {
    expect(body({ ports: [3000] })).toMatchObject({
      ExposedPorts: { "3000/tcp": {} },
      HostConfig: { PortBindings: { "3000/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
    });
  });

  it("passes environment values on as they are", () => {
    expect(body({ env: { A: "b=c\n'\"", E: "" } }).Env).toEqual(["A=b=c\n'\"", "E="]);
  });

  it("has no network with network none", () => {
    expect(body({ network: "none" }).HostConfig.NetworkMode).toBe("none");
  });

  it("starts the program that stands for a shell", () => {
    const made = body({ mainCommand: [] }, { commands: "engine", main: ["cat", "-"] });
    expect(made).toMatchObject({ Entrypoint: ["cat"], Cmd: ["-"] });
  });

  it("refuses what it cannot give", () => {
    expect(() => body({ network: { allow: ["x"] } })).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
    expect(() => body({ network: "none", ports: [1] })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
    expect(() => body({ limits: { cpuCount: 0.001 } })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });
});

describe("unkeptSetting", () => {
  const asked = body({ limits: { memoryMiB: 64, cpuCount: 1 }, network: "none" });
  const kept = asked.HostConfig;

  it("is nothing when the engine kept everything", () => {
    expect(unkeptSetting(asked, kept)).toBeUndefined();
  });

  it.each([
    ["Memory", 0],
    ["MemorySwap", -1],
    ["NanoCpus", undefined],
    ["PidsLimit", 0],
    ["AutoRemove", false],
    ["NetworkMode", "bridge"],
  ])("names %s when the engine has %j", (name, value) => {
    expect(unkeptSetting(asked, { ...kept, [name]: value })).toBe(name);
  });

  it("names a security option that is missing", () => {
    expect(unkeptSetting(asked, { ...kept, SecurityOpt: null })).toContain("no-new-privileges");
  });
});
