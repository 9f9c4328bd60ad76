import type { Command } from "../arguments/parsed.js";
import { RuntimeFailure } from "../failures.js";
import { cachedDigest } from "../store/oci-cache.js";
import { formatRemoteName, parseRemoteName } from "../store/remote-name.js";

export const run: Command = async (parsed, home) => {
  const name = parsed.text("name");
  const remote = parseRemoteName(name);
  if (remote === undefined) {
    process.stdout.write(`${name}\n`);
    return 0;
  }
  const digest = cachedDigest(home, remote);
  if (digest === undefined) {
    throw new RuntimeFailure(
      `OCI storage error: ${formatRemoteName(remote)} is not a digest and doesn't point to a digest`,
    );
  }
  process.stdout.write(`${formatRemoteName({ ...remote, reference: digest })}\n`);
  return 0;
};
