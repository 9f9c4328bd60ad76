import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Installation, installationAt } from "../installation.js";
import { blockedBy, defaultBlocked } from "./blocked.js";
import { extraMounts } from "./extra-mounts.js";

let home: string;
let installation: Installation;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "ncmounts-")));
  installation = installationAt({ root: join(home, "nanoclaw"), environment: { HOME: home } });
  for (const name of ["projects/app", "projects/credentials-parser", "readable", ".ssh", ".local/bin"]) {
    mkdirSync(join(home, name), { recursive: true });
  }
  mkdirSync(installation.configDirectory, { recursive: true });
  writeFileSync(join(home, "projects/notes.txt"), "");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function allow(more: Record<string, unknown> = {}): void {
  const list = {
    allowedRoots: [
      { path: "~/projects", allowReadWrite: true },
      { path: "~/readable", allowReadWrite: false },
    ],
    blockedPatterns: ["*.pem"],
    nonMainReadOnly: true,
    ...more,
  };
  writeFileSync(join(installation.configDirectory, "mount-allowlist.json"), JSON.stringify(list));
}

const mounts = (wanted: unknown, isMain = false) =>
  extraMounts(wanted, { installation, isMain, target: "/workspace/extra", home });

test("without a list every extra is refused, and that is told", async () => {
  const { mounts: given, notices } = await mounts([{ hostPath: "~/projects/app" }]);
  expect(given).toEqual([]);
  expect(notices).toEqual([expect.stringContaining("there is no ")]);
});

test.each([
  { nonMainReadOnly: "yes" },
  { nonMainReadOnly: undefined },
  { blockedPatterns: ".ssh" },
  { blockedPatterns: [1] },
  { allowedRoots: {} },
  { allowedRoots: [{ path: "/", allowReadWrite: "true" }] },
  { allowedRoots: [{ path: "relative", allowReadWrite: true }] },
  { allowedRoots: [null] },
])("a list of the wrong types refuses every extra: %j", async (wrong) => {
  allow(wrong);
  const { mounts: given, notices } = await mounts([{ hostPath: "~/projects/app" }]);
  expect(given).toEqual([]);
  expect(notices[0]).toContain("All extra mounts are refused");
});

describe("read-only unless all three conditions hold", () => {
  test.each([
    ["not asked", "projects/app", undefined, true, false, true],
    ["asked by main, root allows", "projects/app", false, true, true, false],
    ["asked by main, root does not", "readable", false, true, false, true],
    ["asked by another, nonMainReadOnly", "projects/app", false, false, true, true],
    ["asked by another, allowed", "projects/app", false, false, false, false],
  ])("%s", async (_name, path, readonly, isMain, nonMainReadOnly, readOnly) => {
    allow({ nonMainReadOnly });
    const { mounts: given } = await mounts([{ hostPath: `~/${path}`, readonly }], isMain);
    expect(given).toEqual([
      { source: join(home, path), target: `/workspace/extra/${path.split("/").at(-1)}`, readOnly },
    ]);
  });
});

test("#1791: a single file can be mounted", async () => {
  allow();
  const { mounts: given } = await mounts([{ hostPath: "~/projects/notes.txt", containerPath: "a/notes" }]);
  expect(given).toEqual([
    { source: join(home, "projects/notes.txt"), target: "/workspace/extra/a/notes", readOnly: true },
  ]);
});

test("#3129: configuration, state and ~/.local/bin are refused, and so is what holds them", async () => {
  mkdirSync(installation.stateDirectory, { recursive: true });
  allow({ allowedRoots: [{ path: "/", allowReadWrite: true }] });
  const wanted = [
    installation.configDirectory,
    join(home, ".config"),
    home,
    "~/.local/bin",
    "~/.local",
    installation.stateDirectory,
    "/",
  ];
  const { mounts: given, notices } = await mounts(
    wanted.map((hostPath, index) => ({ hostPath, containerPath: `m${index}` })),
  );
  expect(given).toEqual([]);
  expect(notices).toHaveLength(wanted.length);
  for (const notice of notices) expect(notice).toContain("no sandbox sees");
});

test("symbolic links: one as the mount is followed before it is judged, those inside are told", async () => {
  allow();
  symlinkSync(join(home, ".ssh"), join(home, "projects/keys"));
  symlinkSync("/etc", join(home, "projects/app/etc"));
  symlinkSync(join(home, "projects/app"), join(home, "projects/app/self"));
  writeFileSync(join(home, "projects/app/.env"), "");
  const { mounts: given, notices } = await mounts([
    { hostPath: "~/projects/keys" },
    { hostPath: "~/projects/app" },
  ]);
  expect(given.map(({ source }) => source)).toEqual([join(home, "projects/app")]);
  expect(notices).toEqual([
    expect.stringContaining('blocked pattern ".ssh"'),
    expect.stringMatching(/links in it lead outside: "etc"\.$/),
    expect.stringContaining('usually blocked: ".env"'),
  ]);
});

test.each(["..", "a/../../b", "/abs", "", " ", ".", "a\nb", "a\0b", 7])(
  "S6: containerPath %j is refused",
  async (containerPath) => {
    allow();
    const { mounts: given, notices } = await mounts([{ hostPath: "~/projects/app", containerPath }]);
    expect(given).toEqual([]);
    expect(notices[0]).toMatch(/containerPath/);
  },
);

test.each(["projects", "./x", "", "~other/x", "/no\0pe", "~/missing", 7, undefined])(
  "hostPath %j is refused",
  async (hostPath) => {
    allow();
    expect((await mounts([{ hostPath }])).mounts).toEqual([]);
  },
);

test("names of quotes and dollars are names", async () => {
  allow();
  const odd = `it's "$(touch x)" \`id\``;
  mkdirSync(join(home, "projects", odd));
  const { mounts: given } = await mounts([{ hostPath: `~/projects/${odd}` }]);
  expect(given).toEqual([
    { source: join(home, "projects", odd), target: `/workspace/extra/${odd}`, readOnly: true },
  ]);
});

test.each([
  ["/h/.ssh/x", true],
  ["/h/.SSH", true],
  ["/h/credentials", true],
  ["/h/credentials-parser/src", false],
  ["/h/.env.local", true],
  ["/h/.environment", false],
  ["/h/id_rsa.pub", true],
  ["/h/key.pem", true],
  ["/h/keyxpem", false],
  ["/h/.docker-compose", false],
])("%s is blocked: %s", (path, blocked) => {
  expect(blockedBy(path, [...defaultBlocked, "*.pem"]) !== undefined).toBe(blocked);
});

test("NanoClaw's own directory is never for writing: its settings decide on walls", async () => {
  mkdirSync(join(installation.root, "src"), { recursive: true });
  allow({ allowedRoots: [{ path: "~/nanoclaw", allowReadWrite: true }] });
  const { mounts: given, notices } = await mounts(
    [
      { hostPath: "~/nanoclaw", containerPath: "all", readonly: false },
      { hostPath: "~/nanoclaw/src", readonly: false },
    ],
    true,
  );
  expect(given.map(({ readOnly }) => readOnly)).toEqual([true, false]);
  expect(notices).toEqual([expect.stringContaining(`read-only, by what ${join(installation.root, ".env")}`)]);
});
