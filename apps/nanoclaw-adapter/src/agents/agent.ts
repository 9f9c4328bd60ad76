/** A command line program that answers prompts, whichever engine it runs in. */
export type Agent = "claude" | "codex" | "opencode" | "gemini" | "kimi";

export const agents: readonly Agent[] = ["claude", "codex", "opencode", "gemini", "kimi"];
