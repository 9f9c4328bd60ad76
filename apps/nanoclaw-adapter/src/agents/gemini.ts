import { type AgentProfile, recordOf, textOf } from "./profile.js";

export const gemini: AgentProfile = {
  agent: "gemini",
  verified: { program: "gemini", version: "0.61", by: "executed" },
  secrets: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  refusesRoot: false,
  state: { directory: ".gemini", variables: ["GEMINI_CLI_HOME"] },
  environment: {},
  finishesByExit: false,
  takesNewSessionId: false,
  // Without a terminal it reads the prompt from standard input, and needs no --prompt. Beside "latest" and a
  // number, its documentation has the full id for --resume, which does not depend on what else the group began.
  command: ({ sessionId }) => [
    "gemini",
    "--approval-mode",
    "yolo",
    "--output-format",
    "stream-json",
    ...(sessionId === undefined ? [] : ["--resume", sessionId]),
  ],
  read(message) {
    switch (message.type) {
      case "init":
        return { sessionId: textOf(message.session_id) };
      case "message":
        return message.role === "assistant"
          ? {
              text: {
                value: textOf(message.content) ?? "",
                how: message.delta === true ? "append" : "replace",
              },
            }
          : {};
      case "tool_use":
        return { text: { value: "", how: "replace" } };
      case "result": {
        if (message.status === "success") return { finished: true };
        return { error: textOf(recordOf(message.error).message) ?? "gemini says that the turn failed." };
      }
      default:
        return {};
    }
  },
};
