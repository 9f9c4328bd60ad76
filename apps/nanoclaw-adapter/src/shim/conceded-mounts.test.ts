import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadProvider } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bind } from "../mounts/mount-plan.js";
import { concededMounts } from "./conceded-mounts.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mount-plan-"));
  for (const path of ["session", "groups/a/.claude-fragments", "groups/global", "container"]) {
    mkdirSync(join(root, path), { recursive: true });
  }
  for (const path of ["groups/a/container.json", "container/CLAUDE.md"]) writeFileSync(join(root, path), "");
});
afterAll(() => rmSync(root, { recursive: true }));

const bind = (source: string, target: string, readOnly = false): Bind => ({
  source: source.startsWith("/") ? source : join(root, source),
  target,
  readOnly,
});
const v2 = () => [
  bind("session", "/workspace"),
  bind("groups/a", "/workspace/agent"),
  bind("container/CLAUDE.md", "/app/CLAUDE.md", true),
  bind("groups/global", "/workspace/global", true),
  bind("groups/a/container.json", "/workspace/agent/container.json", true),
];

const emptyFile = async () => join(root, "container/CLAUDE.md");

describe("F7: one mount model for all engines", () => {
  it("an engine that can do all of it gets all of it, and an empty file for the null device", async () => {
    const { capabilities } = await loadProvider("docker");
    const rules = { engine: "docker", capabilities, concessions: [], emptyFile };
    const hidden = bind("/dev/null", "/workspace/project/.env", true);
    expect(await concededMounts([...v2(), hidden], rules)).toEqual({
      mounts: [...v2(), { ...hidden, source: await emptyFile() }],
      inGuest: [],
    });
  });

  it.each(["tart", "apple-container"])("%s gives directories that are apart", async (engine) => {
    const { capabilities } = await loadProvider(engine);
    const mounts = [bind("groups/a", "/workspace/group"), bind("session", "/workspace/ipc")];
    const rules = { engine, capabilities, concessions: [], emptyFile };
    expect(await concededMounts(mounts, rules)).toEqual({ mounts, inGuest: [] });
  });

  it("what an engine cannot do is refused until policy lets it pass, and then done in the guest", async () => {
    const { capabilities } = await loadProvider("tart");
    const rules = { engine: "tart", capabilities, emptyFile };
    await expect(concededMounts(v2(), { ...rules, concessions: [] })).rejects.toMatchObject({
      code: "unsupported",
      hint: expect.stringContaining('"concessions": ["guest-mounts"]'),
    });
    await expect(concededMounts(v2(), { ...rules, concessions: ["guest-mounts"] })).rejects.toMatchObject({
      hint: expect.stringContaining('"concessions": ["copied-files"]'),
    });
    expect(await concededMounts(v2(), { ...rules, concessions: ["guest-mounts", "copied-files"] })).toEqual({
      mounts: [
        bind("session", "/workspace"),
        bind("groups/a", "/mnt/nanoclaw/1"),
        bind("groups/global", "/mnt/nanoclaw/3", true),
      ],
      inGuest: [
        { from: "/mnt/nanoclaw/1", target: "/workspace/agent", readOnly: false },
        { from: "/mnt/nanoclaw/3", target: "/workspace/global", readOnly: true },
        // In place, where nothing is mounted around it.
        {
          source: join(root, "container/CLAUDE.md"),
          from: "/app/CLAUDE.md",
          target: "/app/CLAUDE.md",
          readOnly: true,
        },
        {
          from: "/mnt/nanoclaw/1/container.json",
          target: "/workspace/agent/container.json",
          readOnly: true,
        },
      ],
    });
  });

  it("nothing that hides a file is left to the guest, whatever policy lets pass", async () => {
    const { capabilities } = await loadProvider("tart");
    const mounts = [
      bind(".", "/workspace/project", true),
      bind("/dev/null", "/workspace/project/.env", true),
    ];
    const rules = { engine: "tart", capabilities, emptyFile };
    await expect(
      concededMounts(mounts, { ...rules, concessions: ["guest-mounts", "copied-files"] }),
    ).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("/workspace/project/.env"),
    });
  });

  it("a single file that may be written cannot be a copy", async () => {
    const { capabilities } = await loadProvider("tart");
    const rules = { engine: "tart", capabilities, concessions: ["copied-files"], emptyFile } as const;
    const mount = bind("container/CLAUDE.md", "/app/CLAUDE.md");
    await expect(concededMounts([mount], rules)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("a copy never goes into a directory of the host's: it is bound over its place there", async () => {
    const { capabilities } = await loadProvider("tart");
    const mounts = [bind("session", "/workspace"), bind("container/CLAUDE.md", "/workspace/ca.pem", true)];
    const rules = { engine: "tart", capabilities, emptyFile };
    await expect(concededMounts(mounts, { ...rules, concessions: ["copied-files"] })).rejects.toMatchObject({
      hint: expect.stringContaining('"concessions": ["guest-mounts"]'),
    });
    const plan = await concededMounts(mounts, { ...rules, concessions: ["guest-mounts", "copied-files"] });
    expect(plan.inGuest).toEqual([
      { source: mounts[1]?.source, from: "/mnt/nanoclaw/1", target: "/workspace/ca.pem", readOnly: true },
    ]);
  });
});
