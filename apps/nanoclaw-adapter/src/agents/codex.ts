import { type AgentProfile, recordOf, textOf } from "./profile.js";

export const codex: AgentProfile = {
  agent: "codex",
  verified: { program: "codex", version: "0.169", by: "executed" },
  secrets: ["OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL"],
  refusesRoot: false,
  state: { directory: ".codex", variables: ["CODEX_HOME"] },
  environment: {},
  finishesByExit: false,
  takesNewSessionId: false,
  // The sandbox is ours: codex's own would need rights that a guest does not have.
  command: ({ sessionId }) => [
    "codex",
    "exec",
    "--json",
    "--skip-git-repo-check",
    "--dangerously-bypass-approvals-and-sandbox",
    ...(sessionId === undefined ? [] : ["resume", sessionId]),
    "-",
  ],
  read(message) {
    switch (message.type) {
      case "thread.started":
        return { sessionId: textOf(message.thread_id) };
      case "item.completed": {
        const item = recordOf(message.item);
        const value = textOf(item.text);
        return item.type === "agent_message" && value !== undefined
          ? { text: { value, how: "replace" } }
          : {};
      }
      case "turn.completed":
        return { finished: true };
      case "turn.failed":
        return { error: textOf(recordOf(message.error).message) ?? "codex says that the turn failed." };
      // An "error" is told for each new try of a connection, too: turn.failed decides.
      default:
        return {};
    }
  },
};
