import { SandboxError } from "@nanoclaw/sandbox";
import type { Host } from "../run/group-sandbox.js";
import { dockerProgram, passOn } from "./docker-program.js";
import type { Call } from "./flags.js";
import { Refusal } from "./refusal.js";

type InspectCall = Extract<Call, { command: "image inspect" }>;

/** Docker's own program tells everything; without it the engine is asked whether the image is there, and what it runs. */
export async function inspectImages(
  { flags, names }: InspectCall,
  getHost: () => Promise<Host>,
): Promise<number> {
  if (dockerProgram() !== undefined) {
    const format = flags.format === undefined ? [] : [`--format=${flags.format}`];
    return await passOn(["image", "inspect", ...format, "--", ...names]);
  }
  if (flags.format !== undefined) {
    throw new Refusal("docker image inspect --format needs Docker's own program, and there is none in PATH.");
  }
  const provider = await (await getHost()).router.provider("docker");
  const { imageDefaults } = await import("@nanoclaw/sandbox-docker");
  const told: object[] = [];
  let missing = false;
  for (const name of names) {
    try {
      const { id, entrypoint, command, workdir, user } = await imageDefaults(provider, name);
      const Config = { Entrypoint: entrypoint, Cmd: command, WorkingDir: workdir ?? "", User: user ?? "" };
      told.push({ Id: id, Config });
    } catch (error) {
      if (!SandboxError.is(error, "image_not_found")) throw error;
      process.stderr.write(`Error: No such image: ${JSON.stringify(name)}\n`);
      missing = true;
    }
  }
  process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  return missing ? 1 : 0;
}
