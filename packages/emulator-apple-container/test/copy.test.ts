import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { container, start, succeed } from "./commands.js";
import { useService } from "./running.js";

describe("copy and export", () => {
  const service = useService();
  let directory = "";
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "container-copy-"));
    await service.background("box");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const copy = (...argv: string[]) => container(service.emulator, ["copy", ...argv], { cwd: directory });

  test("a file goes in with mode 0644, whatever it had, and parents are made", async () => {
    writeFileSync(join(directory, "tool"), "#!/bin/sh\n", { mode: 0o755 });
    expect(await copy("./tool", "box:/opt/deep/tool")).toMatchObject({
      exitCode: 0,
      stdout: "box:/opt/deep/tool\n",
    });
    expect((await service.exec("box", "stat -c '%a %u' /opt/deep/tool")).stdout).toBe("644 0\n");
    expect((await copy("tool", "box:/tmp/")).stdout).toBe("box:/tmp/tool\n");
    expect((await copy("tool", "box:/tmp")).stdout).toBe("box:/tmp/tool\n");
  });

  test("a directory goes in with its modes", async () => {
    mkdirSync(join(directory, "tree/sub"), { recursive: true });
    writeFileSync(join(directory, "tree/sub/run"), "x");
    chmodSync(join(directory, "tree/sub/run"), 0o750);
    await copy("tree", "box:/tmp");
    expect((await service.exec("box", "stat -c %a /tmp/tree/sub/run")).stdout).toBe("750\n");
    await copy("tree", "box:/fresh");
    expect((await service.exec("box", "ls /fresh")).stdout).toBe("sub\n");
  });

  test("out of the container: files and directories, into a directory by their name", async () => {
    await service.exec("box", "mkdir -p /out/sub; printf data >/out/sub/file");
    expect((await copy("box:/out/sub/file", "copied")).stdout).toBe(`${directory}/copied\n`);
    expect(readFileSync(join(directory, "copied"), "utf8")).toBe("data");
    await copy("box:/out", directory);
    expect(readFileSync(join(directory, "out/sub/file"), "utf8")).toBe("data");
    const refused = await copy("box:/out/sub/file", "nothere/");
    expect(refused.stderr).toContain("destination is not a directory");
    expect(existsSync(join(directory, "nothere"))).toBe(false);
  });

  test("links in the container lead to the container's files", async () => {
    writeFileSync(join(directory, "secret"), "host");
    await service.exec(
      "box",
      `mkdir -p ${directory}; printf guest >${directory}/secret; ln -s ${directory} /link`,
    );
    await copy("box:/link/secret", "got");
    expect(readFileSync(join(directory, "got"), "utf8")).toBe("guest");
    await copy("got", "box:/link/put");
    expect(existsSync(join(directory, "put"))).toBe(false);
    expect((await service.exec("box", `cat ${directory}/put`)).stdout).toBe("guest");
  });

  test("what is not there is an error, and with the defect wedges the container (I#1927)", {
    tags: ["thorough"],
  }, async () => {
    const missing = await copy("box:/nothing", "x");
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    expect(missing.stderr).toContain("failed to copy from container box");
    service.emulator.settings({ faults: ["copy-missing:1"] });
    const copying = start(service.emulator, ["copy", "box:/nothing", "x"]);
    // The emulator notes when a counted fault has struck. What comes before it is answered.
    const struck = join(service.emulator.home, "emulator-faults", "copy-missing.1");
    await expect.poll(() => existsSync(struck)).toBe(true);
    const calls = [copying, start(service.emulator, ["exec", "box", "true"])];
    const ended = calls.map((call) => call.ended.then(() => "ended"));
    const limit = new Promise((resolve) => setTimeout(resolve, 1000, "wedged"));
    expect(await Promise.race([...ended, limit])).toBe("wedged");
    expect(await succeed(service.emulator, "list", "-q")).toBe("box\n");
    expect(await succeed(service.emulator, "delete", "-f", "box")).toBe("box\n");
    for (const { child } of calls) child.kill("SIGKILL");
    await Promise.all(ended);
  });

  test("export is the root file system without mounts, of what runs too", async () => {
    await service.exec("box", "echo mine >/root/mine");
    symlinkSync("/etc", join(directory, "ignored"));
    const archive = join(directory, "box.tar");
    await succeed(service.emulator, "export", "-o", archive, "box");
    const { bytes } = await container(service.emulator, ["export", "box"]);
    expect(bytes.includes("mine\n")).toBe(true);
    expect(statSync(archive).size).toBe(bytes.length);
    service.emulator.settings({ version: "1.1.0" });
    expect((await container(service.emulator, ["export", "box"])).stderr).toContain(
      "container is not stopped",
    );
  });
});
