import { describe, expect, it } from "vitest";
import { type EngineFacts, refuseUnknownRuntime, refuseUnlimitedDisk } from "./facts.js";
import { reportOf } from "./report.js";

const dockerFacts: EngineFacts = {
  version: { Version: "20.10.24", ApiVersion: "1.41", Arch: "amd64", Components: [{ Name: "Engine" }] },
  info: {
    OSType: "linux",
    OperatingSystem: "Debian",
    Driver: "overlay2",
    DriverStatus: [["Backing Filesystem", "extfs"]],
    Runtimes: { runc: {}, runsc: {} },
    DefaultRuntime: "runc",
    CgroupVersion: "1",
    CgroupDriver: "cgroupfs",
    SecurityOptions: ["name=seccomp,profile=default"],
    MemoryLimit: true,
    PidsLimit: true,
  },
};
const podmanFacts: EngineFacts = {
  version: { Version: "4.3.1", ApiVersion: "1.41", Components: [{ Name: "Podman Engine" }] },
  info: { ...dockerFacts.info, Runtimes: { crun: {}, runc: {}, kata: {} }, Rootless: true },
};

const withInfo = (info: Partial<EngineFacts["info"]>): EngineFacts => ({
  ...dockerFacts,
  info: { ...dockerFacts.info, ...info },
});

describe("reportOf", () => {
  it("tells what there is", () => {
    expect(reportOf("unix:///x", dockerFacts)).toEqual({
      available: true,
      version: "20.10.24",
      endpoint: "unix:///x",
      problems: [],
      details: {
        engine: "Docker",
        api: "1.41",
        system: "Debian, amd64",
        storage: "overlay2 on extfs",
        runtime: "runc",
        runtimes: "runc, runsc",
        cgroups: "v1, cgroupfs",
        security: "seccomp,profile=default",
        rootless: "no",
      },
    });
  });

  it("knows Podman, whose list of runtimes says nothing", () => {
    const { details } = reportOf("unix:///x", podmanFacts);
    expect(details).toMatchObject({ engine: "Podman", rootless: "yes" });
    expect(details).not.toHaveProperty("runtimes");
  });

  it("tells problems, each with a way out", () => {
    const old = { ...dockerFacts, version: { ...dockerFacts.version, ApiVersion: "1.40" } };
    const { problems, available } = reportOf("unix:///x", old);
    expect(available).toBe(true);
    expect(problems).toEqual([{ message: expect.stringContaining("1.41"), hint: expect.any(String) }]);
    const newer = { ...dockerFacts, version: { ...dockerFacts.version, ApiVersion: "1.100" } };
    expect(reportOf("unix:///x", newer).problems).toEqual([]);
    expect(reportOf("unix:///x", withInfo({ SwapLimit: false, CpuCfsQuota: false })).problems).toEqual([
      { message: expect.stringMatching(/swap.*cpuCount/), hint: expect.any(String) },
    ]);
  });

  it("has no use for an engine of Windows containers", () => {
    expect(reportOf("x", withInfo({ OSType: "windows" }))).toMatchObject({
      available: false,
      problems: [{ hint: expect.stringContaining("Linux") }],
    });
  });
});

describe("refuseUnknownRuntime", () => {
  it("goes by Docker's list, and by what Podman really uses", () => {
    refuseUnknownRuntime("runsc", dockerFacts);
    refuseUnknownRuntime("runc", podmanFacts);
    const unsupported = expect.objectContaining({ code: "unsupported", hint: expect.any(String) });
    expect(() => refuseUnknownRuntime("crun", dockerFacts)).toThrow(unsupported);
    expect(() => refuseUnknownRuntime("crun", podmanFacts)).toThrow(unsupported);
  });
});

describe("refuseUnlimitedDisk", () => {
  it.each([
    ["overlay2", "xfs", true],
    ["btrfs", undefined, true],
    ["overlay2", "extfs", false],
    ["overlayfs", "xfs", false],
    ["vfs", "xfs", false],
  ])("%s on %s", (Driver, backing, can) => {
    const facts = withInfo({ Driver, DriverStatus: backing ? [["Backing Filesystem", backing]] : null });
    const act = () => refuseUnlimitedDisk(facts);
    if (can) expect(act).not.toThrow();
    else expect(act).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});
