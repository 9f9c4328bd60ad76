import { SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import type { Host } from "../run/group-sandbox.js";

/** Policy, engines and places of an installation. */
export async function openHost(installation: Installation): Promise<Host> {
  throw new SandboxError("unsupported", `No policy can be read for ${installation.root} yet.`, {
    hint: "This build has no router.",
  });
}
