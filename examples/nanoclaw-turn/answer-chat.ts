import type { AgentHandle } from "@nanoclaw/sandbox-nanoclaw";
// #region host
import { type ContainerInput, hostOf, installationAt, runGroupAgent } from "@nanoclaw/sandbox-nanoclaw";

// Policy, engines and places of the NanoClaw in the working directory.
const host = hostOf(installationAt());
// #endregion

/** Of NanoClaw's own, what a turn needs. */
interface NanoClaw {
  readonly group: { readonly folder: string; readonly containerConfig?: unknown };
  readonly queue: {
    registerProcess(chatJid: string, handle: AgentHandle, name: string, folder: string): void;
  };
  readonly channel: { sendMessage(chatJid: string, text: string): Promise<void> };
  readonly logger: { warn(message: string): void };
}

// #region turn
/** In place of `runContainerAgent(group, input, onProcess, onOutput)`. */
export async function answerChat(input: ContainerInput, { group, queue, channel, logger }: NanoClaw) {
  const { chatJid, isMain } = input;
  const { folder, containerConfig: registered } = group;
  return await runGroupAgent(host, { folder, isMain, registered }, input, {
    onProcess: (handle, name) => queue.registerProcess(chatJid, handle, name, folder),
    onOutput: async ({ result }) => {
      if (result) await channel.sendMessage(chatJid, result);
    },
    onNotice: (notice) => logger.warn(notice),
  });
}
// #endregion
