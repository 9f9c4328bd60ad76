import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { describe, expect, it } from "vitest";
import { succeed } from "./cli.js";
import { failure, Machines, needsGuests } from "./running.js";

const limitText = "The number of VMs exceeds the system limit";

describe.concurrent("run", () => {
  needsGuests();

  it("tells of a machine that is missing as of a wrong argument", async () => {
    await using machines = await Machines.install();
    const missing = 'Error: the specified VM "nope" does not exist';
    expect(await machines.tart("run", "nope")).toEqual(failure(1, missing));
  });

  it("runs a machine once", async () => {
    await using machines = await Machines.install();
    await machines.run("linux");
    expect(await machines.tart("run", "linux")).toEqual(failure(2, 'VM "linux" is already running!'));
    expect(await machines.state("linux")).toBe("running");
  });

  it("finds the storage of a machine locked whose run is not seen any more", async () => {
    await using machines = await Machines.install();
    await machines.boot("linux");
    machines.emulator.settings({ faults: ["lock-lost"] });
    expect(await machines.state("linux")).toBe("stopped");
    expect(await machines.tart("run", "linux")).toEqual(
      failure(1, /^Error Domain=VZErrorDomain Code=2 "Failed to lock auxiliary storage\."/),
    );
  });

  it("runs two machines with macOS, and as many with Linux as are wanted", async () => {
    await using machines = await Machines.install();
    for (const name of ["one", "two", "three"]) await succeed(machines.emulator, "clone", "mac", name);
    await Promise.all([machines.run("one"), machines.run("two"), machines.run("linux")]);
    expect(await machines.tart("run", "three")).toEqual(
      failure(1, `${limitText} (other running VMs: one, two)`),
    );
    expect(await machines.state("three")).toBe("stopped");
    expect(await machines.tart("stop", "one")).toMatchObject({ exitCode: 0 });
    await machines.run("three");
    expect(await machines.state("three")).toBe("running");
  });

  it("meets the limit with nothing running when that fault is on", async () => {
    await using machines = await Machines.install({ settings: { faults: ["limit:1"] } });
    expect(await machines.tart("run", "mac")).toEqual(failure(1, limitText));
    await machines.boot("mac");
  });

  it("refuses options that fit neither each other nor the machine", async () => {
    await using machines = await Machines.install();
    const { home } = machines.emulator;
    const refused: [string[], RegExp][] = [
      [["--suspendable", "linux"], /^Error: You can only suspend macOS VMs\n/],
      [["--no-trackpad", "linux"], /^Error: --no-trackpad can only be used with macOS VMs\n/],
      [
        ["--suspendable", "--no-keyboard", "mac"],
        /^Error: --no-keyboard cannot be used with --suspendable\n/,
      ],
      [
        ["--dir", home, "--dir", `a:${home}`, "linux"],
        /^Error: invalid --dir syntax: for multiple directory shares each one of them should be named\n/,
      ],
      [["--net-bridged=none", "linux"], /^Error: no bridge interfaces matched "none"/],
    ];
    for (const [argv, text] of refused)
      expect(await machines.tart("run", ...argv)).toEqual(failure(64, text));
    const missing = ["run", "--dir", "a:/does/not/exist", "linux"];
    expect(await machines.tart(...missing)).toEqual(
      failure(
        1,
        /^Error: Error Domain=VZErrorDomain Code=2 "A directory sharing .*No such file or directory/,
      ),
    );
    expect(await machines.tart("run", "--net-softnet", "linux")).toEqual(
      failure(1, 'Error: InitializationFailed(why: "softnet not found in PATH")'),
    );
  });

  it("stops by SIGINT and leaves its control socket behind", async () => {
    await using machines = await Machines.install();
    const running = await machines.boot("linux");
    running.child.kill("SIGINT");
    const stopped = { exitCode: 0, signal: null, stdout: "Stopping VM...\n", stderr: "" };
    expect(await running.result).toEqual(stopped);
    expect(await machines.state("linux")).toBe("stopped");
    expect(statSync(join(machines.emulator.home, "vms/linux/control.sock")).isSocket()).toBe(true);
    expect(await machines.emulator.leftovers()).toEqual([]);
  });

  it.each(["SIGTERM", "SIGHUP", "SIGKILL"] as const)("dies by %s with its guest", async (signal) => {
    await using machines = await Machines.install();
    const running = await machines.boot("linux");
    running.child.kill(signal);
    expect(await running.result).toEqual({ exitCode: null, signal, stdout: "", stderr: "" });
    await waitUntilGone(() => machines.emulator.leftovers(), 5000);
    expect(existsSync(join(machines.emulator.home, "vms/linux/control.sock"))).toBe(true);
  });

  it("ends when its guest has switched itself off", async () => {
    await using machines = await Machines.install();
    const off = { exitCode: 0, signal: null, stdout: "guest has stopped the virtual machine\n", stderr: "" };
    const running = await machines.boot("linux");
    await machines.tart("exec", "linux", "sudo", "-n", "poweroff");
    expect(await running.result).toEqual(off);
  });

  it("asks the guest's system to end by SIGUSR2, which a Mac ignores", async () => {
    await using machines = await Machines.install();
    const [linux, mac] = [await machines.boot("linux"), await machines.boot("mac")];
    linux.child.kill("SIGUSR2");
    mac.child.kill("SIGUSR2");
    expect(await linux.result).toMatchObject({
      exitCode: 0,
      stdout: "Requesting guest OS to stop...\nguest has stopped the virtual machine\n",
    });
    expect(await machines.tart("exec", "mac", "true")).toMatchObject({ exitCode: 0 });
    mac.child.kill("SIGINT");
    expect((await mac.result).stdout).toBe("Requesting guest OS to stop...\nStopping VM...\n");
  });

  it("lets guests of Linux mount what it shares, and mounts it for those of macOS", async () => {
    await using machines = await Machines.install();
    const shared = join(machines.emulator.home, "..", "shared");
    mkdirSync(shared);
    await machines.boot("linux", "--dir", `work:${shared}`, "--dir", `frozen:${shared}:ro`);
    const script =
      "sudo mount -t virtiofs com.apple.virtio-fs.automount /mnt && touch /mnt/work/a && ls /mnt/frozen";
    expect(await succeed(machines.emulator, "exec", "linux", "sh", "-c", script)).toBe("a\n");
    expect(await machines.tart("exec", "linux", "touch", "/mnt/frozen/b")).toMatchObject({ exitCode: 1 });
    await machines.boot("mac", "--dir", shared, "--dir", `${shared}:tag=other`);
    const listing = "ls '/Volumes/My Shared Files'; mkdir m; sudo mount_virtiofs other m; ls m";
    expect(await succeed(machines.emulator, "exec", "mac", "sh", "-c", listing)).toBe("a\na\n");
  });
});
