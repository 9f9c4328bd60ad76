import { expect, test } from "vitest";
import { bubblewrapArguments, type GuestPlan } from "./arguments.js";

const plan: GuestPlan = {
  hostname: "sandbox-1",
  network: "none",
  environment: { PATH: "/bin" },
  system: [
    { kind: "bind", path: "/usr", source: "/usr" },
    { kind: "symlink", path: "/bin", to: "usr/bin" },
  ],
  files: new Map([
    ["/etc/passwd", "…"],
    ["/etc/group", "…"],
  ]),
  mounts: [],
  workdir: "/work",
  makeWorkdir: true,
};

test("unshares every namespace, drops every privilege and closes the way to new ones", () => {
  const argv = bubblewrapArguments(plan, 5);
  for (const option of [
    "--unshare-all",
    "--unshare-user",
    "--disable-userns",
    "--new-session",
    "--as-pid-1",
  ]) {
    expect(argv).toContain(option);
  }
  expect(after(argv, "--uid")).toBe("1000");
  expect(after(argv, "--cap-drop")).toBe("ALL");
  expect(argv).not.toContain("--die-with-parent");
});

test("shares the network with the host only when asked to", () => {
  expect(bubblewrapArguments(plan, 5)).not.toContain("--share-net");
  expect(bubblewrapArguments({ ...plan, network: "open" }, 5)).toContain("--share-net");
});

test("makes /proc and /dev read-only after mounting them", () => {
  const argv = bubblewrapArguments(plan, 5).join(" ");
  expect(argv).toContain("--proc /proc --remount-ro /proc");
  expect(argv).toContain("--dev /dev --remount-ro /dev");
});

test("limits the one file system that the guest writes", () => {
  const argv = bubblewrapArguments({ ...plan, diskBytes: 4096 }, 5);
  expect(argv.join(" ")).toContain("--size 4096 --tmpfs / ");
  expect(bubblewrapArguments(plan, 5)).not.toContain("--size");
});

test("shows system paths read-only and keeps links", () => {
  const argv = bubblewrapArguments(plan, 5).join(" ");
  expect(argv).toContain("--ro-bind /usr /usr");
  expect(argv).toContain("--symlink usr/bin /bin");
});

test("numbers the descriptors of files in their order", () => {
  const argv = bubblewrapArguments(plan, 7).join(" ");
  expect(argv).toContain("--file 7 /etc/passwd");
  expect(argv).toContain("--file 8 /etc/group");
});

test("mounts after everything else, and covers what must not be seen", () => {
  const mounts = [
    { source: "/home/me", target: "/home/me", readOnly: true, hidden: ["/home/me/.local/state/x"] },
    { source: "/data", target: "/data", readOnly: false, hidden: [] },
  ];
  const argv = bubblewrapArguments({ ...plan, mounts }, 5).join(" ");
  expect(argv).toContain(
    "--ro-bind /home/me /home/me --tmpfs /home/me/.local/state/x --remount-ro /home/me/.local/state/x " +
      "--bind /data /data --chdir /work",
  );
  expect(argv.indexOf("--ro-bind /home/me")).toBeGreaterThan(argv.indexOf("--dir /work"));
});

test("makes the working directory unless it is in a mount", () => {
  expect(bubblewrapArguments(plan, 5).join(" ")).toContain("--dir /work");
  expect(bubblewrapArguments({ ...plan, makeWorkdir: false }, 5).join(" ")).not.toContain("--dir /work");
});

test("sets the environment and nothing beside it", () => {
  const argv = bubblewrapArguments({ ...plan, environment: { A: "1\n'2'" } }, 5);
  expect(argv.slice(argv.indexOf("--clearenv"))).toEqual(["--clearenv", "--setenv", "A", "1\n'2'"]);
});

function after(argv: string[], option: string): string | undefined {
  return argv[argv.indexOf(option) + 1];
}
