import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { Command } from "../arguments/parsed.js";
import { isRunning } from "../failures.js";
import { copyMachine, moveInto } from "../store/copy.js";
import type { TartHome } from "../store/home.js";
import { cachePath, linkTag } from "../store/oci-cache.js";
import { authorise, registryPath, writeDigest } from "../store/registry.js";
import { type RemoteName, requireRemoteName } from "../store/remote-name.js";
import { openLocal, runnerOf, type VmDirectory } from "../store/vm-directory.js";

export const run: Command = async (parsed, home) => {
  const name = parsed.text("local-name");
  const machine = openLocal(home, name);
  const remotes = parsed.texts("remote-names").map(requireRemoteName);
  if (runnerOf(home, machine) !== undefined) throw isRunning(name);
  // One push, one digest, under whatever names.
  const seed = randomUUID();
  for (const remote of remotes) {
    authorise(home, remote.host);
    process.stdout.write(`pushing ${name} to ${remote.host}/${remote.namespace}:${remote.reference}...\n`);
    const digest = await place(home, machine, registryPath(home, remote), seed);
    if (parsed.flag("populate-cache")) await keep(home, machine, { ...remote, digest }, seed);
  }
  return 0;
};

async function place(home: TartHome, machine: VmDirectory, target: string, seed: string): Promise<string> {
  const copy = await copyMachine(home, machine);
  const digest = writeDigest(copy.directory, seed);
  await moveInto(home, copy, target);
  return digest;
}

async function keep(
  home: TartHome,
  machine: VmDirectory,
  { digest, ...name }: RemoteName & { readonly digest: string },
  seed: string,
): Promise<void> {
  const target = cachePath(home, { ...name, reference: digest });
  if (!existsSync(target)) await place(home, machine, target, seed);
  linkTag(home, name, digest);
}
