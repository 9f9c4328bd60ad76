import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Command } from "../context.js";
import { logLine, printLine } from "../output/print.js";
import { listContainers, withService } from "../service/with-service.js";
import { sizeText } from "../state/disk-use.js";

const execute = promisify(execFile);

/** Every stopped container, whoever made it; failures are told and count as none (apple-container.md §5.12). */
export const run: Command = async (_parsed, context) =>
  await withService(context, "prune", async (service) => {
    const stopped = (await listContainers(service)).filter(({ status }) => status.state === "stopped");
    let reclaimedBytes = 0;
    for (const { id } of stopped) {
      try {
        const { root } = await service.call("containerRoot", { id });
        const bytes = await sizeOf(root);
        await service.call("containerDelete", { id, force: false });
        reclaimedBytes += bytes;
        printLine(id);
      } catch (error) {
        logLine(`failed to prune container [id=${id}] [error=${String(error)}]`);
      }
    }
    logLine(`Reclaimed ${sizeText(reclaimedBytes)} in disk space`);
    return 0;
  });

/** Bytes on the disk. */
async function sizeOf(directory: string): Promise<number> {
  const { stdout } = await execute("du", ["-s", "--block-size=1", directory]);
  return Number(stdout.split("\t")[0]);
}
