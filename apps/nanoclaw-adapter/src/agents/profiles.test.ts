import { describe, expect, test } from "vitest";
import { type Agent, agents } from "./agent.js";
import { AnswerReader } from "./answer-reader.js";
import { profiles } from "./profiles.js";
import { checkSessionId } from "./session-id.js";

const newSessionId = "0b0f1c9e-0000-4000-8000-000000000000";

/** Streams in the form of each program's own, and what they mean. */
const streams: Record<Agent, { lines: unknown[]; answer: string; sessionId?: string }> = {
  claude: {
    lines: [
      { type: "system", subtype: "init", session_id: "5f0c", tools: [] },
      { type: "assistant", message: { content: [{ type: "text", text: "On the way" }] }, session_id: "5f0c" },
      { type: "result", subtype: "success", is_error: false, result: "It is 7 °C — 冷", session_id: "5f0c" },
    ],
    answer: "It is 7 °C — 冷",
    sessionId: "5f0c",
  },
  codex: {
    lines: [
      { type: "thread.started", thread_id: "0199-a" },
      { type: "turn.started" },
      { type: "item.completed", item: { id: "0", type: "reasoning", text: "**Thinking**" } },
      { type: "item.completed", item: { id: "1", type: "agent_message", text: "I look first." } },
      { type: "error", message: "Reconnecting... 1/5" },
      { type: "item.completed", item: { id: "2", type: "agent_message", text: "Done." } },
      { type: "turn.completed", usage: { input_tokens: 1 } },
    ],
    answer: "Done.",
    sessionId: "0199-a",
  },
  opencode: {
    lines: [
      { type: "step_start", sessionID: "ses_1", part: { type: "step-start" } },
      { type: "text", sessionID: "ses_1", part: { type: "text", text: "I look." } },
      { type: "step_finish", sessionID: "ses_1", part: { reason: "tool-calls" } },
      { type: "step_start", sessionID: "ses_1", part: { type: "step-start" } },
      { type: "text", sessionID: "ses_1", part: { type: "text", text: "It is " } },
      { type: "text", sessionID: "ses_1", part: { type: "text", text: "there." } },
      { type: "step_finish", sessionID: "ses_1", part: { reason: "stop" } },
    ],
    answer: "It is there.",
    sessionId: "ses_1",
  },
  gemini: {
    lines: [
      { type: "init", session_id: "ab-12", model: "m" },
      { type: "message", role: "user", content: "hello" },
      { type: "message", role: "assistant", content: "I look.", delta: true },
      { type: "tool_use", tool_name: "ls" },
      { type: "tool_result", status: "success" },
      { type: "message", role: "assistant", content: "Two ", delta: true },
      { type: "message", role: "assistant", content: "files.", delta: true },
      { type: "result", status: "success", stats: {} },
    ],
    answer: "Two files.",
    sessionId: "ab-12",
  },
  kimi: {
    lines: [
      { role: "assistant", content: "I look.", tool_calls: [{ id: "1" }] },
      { role: "tool", content: "a b" },
      {
        role: "assistant",
        content: [
          { type: "think", think: "…" },
          { type: "text", text: "Two files." },
        ],
      },
    ],
    answer: "Two files.",
  },
};

describe.each([...agents])("%s", (agent) => {
  const profile = profiles[agent];
  const { lines, answer, sessionId } = streams[agent];
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

  test.each([1, 2, 3, 7, 100_000])("is understood in pieces of %i bytes", (size) => {
    const reader = new AnswerReader(profile, 10_000);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    reader.end();
    expect(reader.answer).toBe(answer);
    expect(reader.sessionId).toBe(sessionId);
    expect(reader.error).toBeUndefined();
    expect(reader.finished).toBe(!profile.finishesByExit);
    expect(reader.invalidLines).toBe(0);
  });

  test("counts lines that are no messages, and goes on", () => {
    const reader = new AnswerReader(profile, 10_000);
    reader.push(Buffer.from("a warning\n\n[1]\n"));
    reader.push(bytes);
    expect(reader.answer).toBe(answer);
    expect(reader.invalidLines).toBe(2);
  });

  test("R8: a line without end is given up, not held", () => {
    const reader = new AnswerReader(profile, 1_000);
    expect(() => {
      for (let i = 0; i < 2_000; i++) reader.push(Buffer.from("x"));
    }).toThrow(/more than 1000 bytes/);
  });

  test("S5: has no place for a prompt on its command line", () => {
    expect(profile.command.length).toBe(1);
    const words = profile.command({ newSessionId });
    expect(words[0]).toBe(profile.verified.program);
    expect(words).not.toContain("-p");
  });

  test("takes a session id as a word of its own", () => {
    expect(profile.command({ sessionId: "id-1", newSessionId })).toContain("id-1");
    expect(profile.command({ newSessionId })).not.toContain("id-1");
  });
});

describe("command lines", () => {
  test.each<[Agent, readonly string[]]>([
    [
      "claude",
      [
        "claude",
        "--print",
        "--output-format",
        "stream-json",
        "--verbose",
        "--dangerously-skip-permissions",
        "--resume",
        "s1",
      ],
    ],
    [
      "codex",
      [
        "codex",
        "exec",
        "--json",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        "resume",
        "s1",
        "-",
      ],
    ],
    ["opencode", ["opencode", "run", "--auto", "--format", "json", "--session", "s1"]],
    ["gemini", ["gemini", "--approval-mode", "yolo", "--output-format", "stream-json", "--resume", "s1"]],
    [
      "kimi",
      ["kimi", "--print", "--input-format", "text", "--output-format", "stream-json", "--session", "s1"],
    ],
  ])("of %s", (agent, words) => {
    expect(profiles[agent].command({ sessionId: "s1", newSessionId })).toEqual(words);
  });
});

test.each<[Agent, unknown, string]>([
  [
    "claude",
    { type: "result", subtype: "error_max_turns", is_error: true },
    "claude ended with error_max_turns.",
  ],
  [
    "claude",
    { type: "result", subtype: "success", is_error: true, result: "Invalid API key" },
    "Invalid API key",
  ],
  ["codex", { type: "turn.failed", error: { message: "usage limit" } }, "usage limit"],
  ["opencode", { type: "error", error: { name: "APIError", data: { message: "no key" } } }, "no key"],
  ["gemini", { type: "result", status: "error", error: { type: "x", message: "quota" } }, "quota"],
])("%s tells a failure in its own words", (agent, line, words) => {
  const reader = new AnswerReader(profiles[agent], 1_000);
  reader.push(Buffer.from(`${JSON.stringify(line)}\n`));
  expect(reader).toMatchObject({ error: words, finished: false });
});

test("F8: claude sees the token that people log in with, S3: and none sees another's keys", () => {
  expect(profiles.claude.secrets).toContain("CLAUDE_CODE_OAUTH_TOKEN");
  for (const agent of agents) expect(profiles[agent].secrets).not.toContain("STRIPE_API_KEY");
  expect(profiles.gemini.secrets).not.toContain("OPENAI_API_KEY");
});

test.each(["", "-p", "--resume", "a b", "a\nb", "a\0b", "$(id)", "'", "x".repeat(129), "../x", 7, null])(
  "S6: %j is no session id",
  (id) => {
    expect(() => checkSessionId(id)).toThrow(/session id/);
  },
);
