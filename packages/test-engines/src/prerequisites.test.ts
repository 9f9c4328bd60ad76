import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { skipAloud } from "../test/skip-aloud.js";
import { startDockerEngine, whyNoDocker, whyNoPodman, whyNoTestImages } from "./index.js";
import { findProgram } from "./prerequisites.js";

const isRoot = process.platform === "linux" && process.geteuid?.() === 0;

describe("the reason for no engine", () => {
  skipAloud(isRoot ? undefined : "Needs root on Linux.");
  afterEach(() => vi.unstubAllEnvs());

  it("names missing programs and the packages that have them", async () => {
    vi.stubEnv("PATH", "/nowhere");
    expect(whyNoPodman()).toMatch(/unshare.*podman.* not found.*apt-get install .*util-linux.*podman/);
    expect(whyNoDocker()).toMatch(/unshare.* not found.*apt-get install .*util-linux/);
    expect(whyNoTestImages()).toMatch(/mmdebstrap.* not found.*apt-get install .*mmdebstrap/);
    await expect(startDockerEngine()).rejects.toThrow(whyNoDocker());
  });

  it("is that the user is not root", () => {
    const script = `import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)}).then((engines) => {
      process.seteuid(65534);
      console.log(JSON.stringify([engines.whyNoDocker(), engines.whyNoPodman(), engines.whyNoTestImages()]));
    });`;
    const answers: unknown = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
    const notRoot = expect.stringMatching(/this user is not root.*sudo/);
    expect(answers).toEqual([notRoot, notRoot, notRoot]);
  });

  it("is that root may not, in a container without the capabilities", ({ skip }) => {
    const script = `import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)}).then((engines) => {
      console.log(JSON.stringify([engines.whyNoDocker(), engines.whyNoPodman()]));
    });`;
    if (findProgram("setpriv") === undefined) skip("Needs setpriv, of the package util-linux.");
    const drop = ["--bounding-set", "-sys_admin,-net_admin", "--inh-caps", "-sys_admin,-net_admin"];
    const output = execFileSync("setpriv", [...drop, process.execPath, "-e", script], { encoding: "utf8" });
    const lacks = expect.stringMatching(/root lacks CAP_SYS_ADMIN and CAP_NET_ADMIN.*--privileged/);
    expect(JSON.parse(output)).toEqual([lacks, lacks]);
  });
});
