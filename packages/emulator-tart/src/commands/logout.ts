import type { Command } from "../arguments/parsed.js";
import { storeCredentials } from "../store/credentials.js";

export const run: Command = async (parsed, home) => {
  storeCredentials(home, parsed.text("host"), undefined);
  return 0;
};
