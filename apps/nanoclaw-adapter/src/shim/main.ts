#!/usr/bin/env node
// The whole start of the program: what a call does not need is not loaded.
import "./parent.js";
import { runShim } from "./shim.js";

process.exitCode = await runShim(process.argv.slice(2), {
  openHost: async (installation) => (await import("../host.js")).hostOf(installation),
});
