import { type AgentProfile, textOf } from "./profile.js";

export const claude: AgentProfile = {
  agent: "claude",
  verified: { program: "claude", version: "2.1.197", by: "executed" },
  secrets: ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"],
  refusesRoot: true,
  state: { directory: ".claude", variables: ["CLAUDE_CONFIG_DIR"] },
  environment: {},
  finishesByExit: false,
  takesNewSessionId: false,
  // Without --verbose, --print refuses stream-json.
  command: ({ sessionId }) => [
    "claude",
    "--print",
    "--output-format",
    "stream-json",
    "--verbose",
    "--dangerously-skip-permissions",
    ...(sessionId === undefined ? [] : ["--resume", sessionId]),
  ],
  read(message) {
    const sessionId = textOf(message.session_id);
    if (message.type !== "result") return { sessionId };
    const result = textOf(message.result);
    if (message.subtype === "success" && message.is_error !== true && result !== undefined) {
      return { sessionId, text: { value: result, how: "replace" }, finished: true };
    }
    return { sessionId, error: result ?? `claude ended with ${textOf(message.subtype) ?? "no result"}.` };
  },
};
