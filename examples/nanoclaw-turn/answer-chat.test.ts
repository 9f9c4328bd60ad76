import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { engines } from "../test/engines.js";

const run = promisify(execFile);

/** An agent-runner that answers twice what it was asked. */
const agent = `#!/bin/sh
prompt=$(sed 's/.*"prompt":"\\([^"]*\\)".*/\\1/')
for part in first second; do
  echo ---NANOCLAW_OUTPUT_START---
  echo "{\\"status\\":\\"success\\",\\"result\\":\\"$part answer to $prompt\\"}"
  echo ---NANOCLAW_OUTPUT_END---
done
`;

const policy = {
  groups: { family: { runtime: "local" } },
  runtimes: { local: { entrypoint: ["/bin/sh", "/app/src/agent.sh"] } },
};

/** NanoClaw, as far as a turn meets it. */
const nanoclaw = `
const { answerChat } = await import(process.argv[1]);
const seen = { messages: [], processes: [], warnings: [] };
const input = { prompt: "good day", groupFolder: "family", chatJid: "1@g", isMain: false };
const result = await answerChat(input, {
  group: { folder: "family", containerConfig: { additionalMounts: [{ hostPath: "/etc" }] } },
  queue: { registerProcess: (chatJid, handle, name, folder) => seen.processes.push([chatJid, typeof handle.kill, folder]) },
  channel: { sendMessage: async (chatJid, text) => void seen.messages.push([chatJid, text]) },
  logger: { warn: (message) => seen.warnings.push(message) },
});
process.stdout.write(JSON.stringify({ ...seen, status: result.status, result: result.result }));
`;

it("answers each message of a chat in a sandbox of the group's engine", { timeout: 60_000 }, async ({
  skip,
}) => {
  const local = await engines.local?.();
  if (typeof local === "string" || local === undefined) return skip(local ?? "no local engine");
  const directory = mkdtempSync(join(tmpdir(), "nanoclaw-turn-"));
  const write = (path: string, text: string): void => {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  try {
    write("project/container/agent-runner/src/agent.sh", agent);
    write("home/.config/nanoclaw/sandbox-policy.json", JSON.stringify(policy));
    const program = new URL("../dist/nanoclaw-turn/answer-chat.js", import.meta.url).href;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", nanoclaw, program], {
      cwd: join(directory, "project"),
      timeout: 50_000,
      env: { PATH: process.env.PATH, HOME: join(directory, "home") },
    });
    expect(JSON.parse(stdout)).toEqual({
      messages: [
        ["1@g", "first answer to good day"],
        ["1@g", "second answer to good day"],
      ],
      processes: [["1@g", "function", "family"]],
      warnings: [expect.stringContaining("All extra mounts are refused")],
      status: "success",
      result: null,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
