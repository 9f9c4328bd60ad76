import { SandboxError } from "@nanoclaw/sandbox";
import { checkSessionId } from "../agents/session-id.js";
import { checkFolder, type Group } from "../group.js";
import type { Host } from "../run/group-sandbox.js";
import { type ContainerInput, checkInput } from "./container-io.js";
import { checkOptions, type GroupAgentOptions, type GroupAgentResult } from "./options.js";
import { Turn } from "./turn.js";

/**
 * Runs one turn of a group in a fresh sandbox of the engine that its policy asks for. When the promise settles the
 * sandbox is gone, or kept and told. A turn that fails is a result with `status: "error"`, as NanoClaw's own is.
 *
 * @throws SandboxError `invalid_argument` and what policy and secrets are refused for, before anything is made.
 */
export async function runGroupAgent(
  host: Host,
  group: Group,
  input: ContainerInput,
  options: GroupAgentOptions = {},
): Promise<GroupAgentResult> {
  checkFolder(group.folder);
  checkInput(input, group.folder);
  checkOptions(options);
  if (input.sessionId !== undefined) checkSessionId(input.sessionId);
  if ((group.isMain ?? false) !== input.isMain) {
    throw new SandboxError("invalid_argument", "The group and the input do not agree on isMain.", {
      hint: "Both come from the registered group.",
    });
  }
  return await new Turn(host, group, input, options).run();
}
