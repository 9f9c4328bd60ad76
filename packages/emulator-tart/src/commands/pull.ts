import type { Command } from "../arguments/parsed.js";
import { pullImage } from "../store/pull.js";
import { requireRemoteName } from "../store/remote-name.js";
import { localDirectory } from "../store/vm-directory.js";

export const run: Command = async (parsed, home) => {
  const name = parsed.text("remote-name");
  if (localDirectory(home, name).isComplete) {
    process.stdout.write(`"${name}" is a local image, nothing to pull here!\n`);
    return 0;
  }
  await pullImage(home, requireRemoteName(name));
  return 0;
};
