import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import type { Decision } from "../policy/decision.js";
import type { RunRequest } from "./run-request.js";

/**
 * The command that Docker would run: the entry point and what follows the image. Policy's `entrypoint` stands for the
 * image's own where the engine has no images of Docker's; Docker's engine is asked.
 *
 * @throws SandboxError `unsupported` when nobody knows.
 */
export async function commandOf(
  { image, entrypoint, words }: Pick<RunRequest, "image" | "entrypoint" | "words">,
  decision: Pick<Decision, "folder" | "entrypoint">,
  provider: SandboxProvider,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (entrypoint !== undefined && entrypoint !== "") return [entrypoint, ...words];
  if (entrypoint === undefined && decision.entrypoint !== undefined)
    return [...decision.entrypoint, ...words];
  if (provider.name === "docker") {
    const { imageDefaults } = await import("@nanoclaw/sandbox-docker");
    const { entrypoint: own, command } = await imageDefaults(provider, image, { signal });
    // An entry point that is emptied takes the image's command with it.
    const whole = entrypoint === "" ? words : [...own, ...(words.length > 0 ? words : command)];
    if (whole.length > 0) return whole;
    throw new SandboxError("invalid_argument", `The image ${image} does not say what to run.`, {
      hint: "Give it an ENTRYPOINT.",
    });
  }
  throw new SandboxError(
    "unsupported",
    `${provider.name} does not know the entry point of the image ${image}.`,
    {
      hint: `Tell it in the policy of the group ${decision.folder}: "entrypoint": ["/app/entrypoint.sh"], a path of the guest.`,
    },
  );
}
