import type { Agent } from "./agent.js";
import { claude } from "./claude.js";
import { codex } from "./codex.js";
import { gemini } from "./gemini.js";
import { kimi } from "./kimi.js";
import { opencode } from "./opencode.js";
import type { AgentProfile } from "./profile.js";

export const profiles: Readonly<Record<Agent, AgentProfile>> = { claude, codex, opencode, gemini, kimi };
