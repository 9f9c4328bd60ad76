import { type AgentProfile, recordOf, textOf } from "./profile.js";

export const opencode: AgentProfile = {
  agent: "opencode",
  verified: { program: "opencode", version: "1.18", by: "executed" },
  secrets: ["OPENCODE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"],
  refusesRoot: false,
  state: { directory: ".opencode", variables: ["XDG_DATA_HOME"] },
  environment: { OPENCODE_PERMISSION: '{"*":"allow"}' },
  finishesByExit: false,
  takesNewSessionId: false,
  command: ({ sessionId }) => [
    "opencode",
    "run",
    "--auto",
    "--format",
    "json",
    ...(sessionId === undefined ? [] : ["--session", sessionId]),
  ],
  read(message) {
    const sessionId = textOf(message.sessionID);
    const part = recordOf(message.part);
    switch (message.type) {
      // What it says on the way to a tool is no answer: each step begins anew.
      case "step_start":
        return { sessionId, text: { value: "", how: "replace" } };
      case "text":
        return { sessionId, text: { value: textOf(part.text) ?? "", how: "append" } };
      case "step_finish":
        return { sessionId, finished: part.reason === "stop" };
      case "error": {
        const error = recordOf(message.error);
        const words = textOf(recordOf(error.data).message) ?? textOf(error.name);
        return { sessionId, error: words ?? "opencode says that the turn failed." };
      }
      default:
        return { sessionId };
    }
  },
};
