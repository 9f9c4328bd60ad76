import type { Command } from "../context.js";

/** The commands about containers: those that talk to the service for all that they do. */
export const containerCommands: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {};
