import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { listSandboxes, type SandboxProvider } from "@nanoclaw/sandbox";
import { tart } from "@nanoclaw/sandbox-tart";
import { processesContaining, processTableContains } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ContainerOutput, runGroupAgent } from "../src/index.js";
import { answer, runner, type TurnHost, turnHost } from "./turn-host.js";

const reason = whyNoGuests();
const image = "tart_nanoclaw_base";

describe("a turn in a virtual machine of the emulated Tart", () => {
  let emulator: Emulator;
  let provider: SandboxProvider;
  let state: string;
  let t: TurnHost;

  beforeAll(async () => {
    if (reason !== undefined) return;
    emulator = await installEmulator();
    await emulator.image({ name: image, os: "linux", agent: "new" });
    const { program, home } = emulator;
    state = mkdtempSync(join(tmpdir(), "ncturn-tart-"));
    provider = tart({ program, home, stateDirectory: state, defaultImage: image });
  });
  beforeEach(({ skip }) => {
    skip(reason !== undefined, reason);
    t = turnHost(provider, { runtime: "tart", agent: "codex", image, keep: { on: "failure", ttlMs: 5_000 } });
    return () => t[Symbol.dispose]();
  });
  afterAll(async () => {
    await emulator?.[Symbol.asyncDispose]();
    if (state !== undefined) rmSync(state, { recursive: true, force: true });
  });

  test("S1, S2, S7: no password, no key and no unverified host on any argument list, while the agent runs", async () => {
    const secret = `sesame-${Date.now()}`;
    writeFileSync(join(t.host.installation.root, ".env"), `OPENAI_API_KEY=${secret}\n`);
    const notices: string[] = [];
    let seen: { secret: boolean; password: boolean; unverified: boolean } | undefined;
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner(`cat > /workspace/group/input.json; ${answer("from the machine")}`),
      onNotice: (notice) => notices.push(notice),
      onOutput: () => {
        seen = {
          secret: processTableContains(secret),
          password: processesContaining("sshpass").length > 0,
          unverified: processTableContains("StrictHostKeyChecking=no"),
        };
      },
    });
    expect(notices).toEqual([]);
    expect(result).toMatchObject({ status: "success" });
    expect(seen).toEqual({ secret: false, password: false, unverified: false });
    const input = readFileSync(join(t.host.installation.groupsDirectory, "family/input.json"), "utf8");
    expect(JSON.parse(input)).toMatchObject({ secrets: { OPENAI_API_KEY: secret } });
    expect(await listSandboxes(provider)).toEqual([]);
    expect(await emulator.leftovers()).toEqual([]);
  });

  test("F6, F7: an agent's own program answers, and its conversation is there the next time", async () => {
    const stub = join(t.directory, "stub");
    writeFileSync(
      stub,
      `#!/bin/sh
cat > /tmp/workspace/group/prompt
before=$(cat "$CODEX_HOME/seen" 2>/dev/null)
echo "$*" > "$CODEX_HOME/seen"
echo '{"type":"thread.started","thread_id":"n-1"}'
printf '{"type":"item.completed","item":{"type":"agent_message","text":"before: %s"}}\\n' "$before"
echo '{"type":"turn.completed"}'
`,
    );
    const delivered: ContainerOutput[] = [];
    const turn = async (sessionId?: string) =>
      await runGroupAgent(t.host, t.group, t.input({ prompt: `"$(id)" 'x'`, sessionId }), {
        mode: { kind: "cli" },
        bundle: { files: [{ source: stub, target: "/tmp/bin/codex", mode: 0o755 }] },
        env: { PATH: "/tmp/bin:/usr/bin:/bin" },
        onOutput: (output) => void delivered.push(output),
      });
    const { newSessionId } = await turn();
    await turn(newSessionId);
    const kept = readFileSync(join(t.host.installation.dataDirectory, "sessions/family/.codex/seen"), "utf8");
    expect(kept.trim()).toMatch(/resume n-1 -$/);
    expect(delivered.map(({ result }) => result)).toEqual([
      "before: ",
      "before: exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox -",
    ]);
    expect(readFileSync(join(t.host.installation.groupsDirectory, "family/prompt"), "utf8")).toBe(
      `"$(id)" 'x'`,
    );
  });

  test("R2, R5: a machine that does not start fails with Tart's own words, long before the boot limit", async () => {
    emulator.settings({ faults: ["limit"] });
    try {
      const result = await runGroupAgent(t.host, t.group, t.input(), { mode: runner("true") });
      expect(result.error).toMatch(/^Container spawn error: /);
      expect(result.error).toContain("exceeds the system limit");
      expect(result.code).toBe("resource_exhausted");
    } finally {
      emulator.settings({ faults: [] });
    }
    expect(await emulator.leftovers()).toEqual([]);
  });

  test("what cannot be kept is gone, and that is told", async () => {
    const notices: string[] = [];
    const result = await runGroupAgent(t.host, t.group, t.input(), {
      mode: runner("exit 3"),
      onNotice: (notice) => notices.push(notice),
    });
    expect(result.kept).toBeUndefined();
    expect(notices.join()).toContain("tart cannot keep one");
    expect(await listSandboxes(provider)).toEqual([]);
  });
});
