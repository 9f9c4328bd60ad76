import { type AgentProfile, recordOf, textOf } from "./profile.js";

export const kimi: AgentProfile = {
  agent: "kimi",
  verified: { program: "kimi", version: "1.x", by: "documentation" },
  secrets: ["KIMI_API_KEY", "KIMI_BASE_URL", "KIMI_MODEL_NAME"],
  refusesRoot: false,
  state: { directory: ".kimi", variables: ["KIMI_SHARE_DIR"] },
  environment: {},
  finishesByExit: true,
  // Its stream tells no id. `--session` with one that is not there begins a conversation of that id. The newer
  // kimi-code has another command line (`-p`, `-S`), and tells it in a message of its own.
  takesNewSessionId: true,
  command: ({ sessionId, newSessionId }) => [
    "kimi",
    "--print",
    "--input-format",
    "text",
    "--output-format",
    "stream-json",
    "--session",
    sessionId ?? newSessionId,
  ],
  read(message) {
    if (message.role !== "assistant") return {};
    const called = Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
    return { text: { value: called ? "" : contentOf(message.content), how: "replace" } };
  },
};

/** A text, or parts of which some are text and others thoughts. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content) ?? "";
  return content
    .map(recordOf)
    .map((part) => (part.type === "text" ? (textOf(part.text) ?? "") : ""))
    .join("");
}
