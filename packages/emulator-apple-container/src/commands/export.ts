import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { getContainer, withService } from "../service/with-service.js";
import { isAtLeast } from "../state/settings.js";

/** A file that changed while it was read. */
const CHANGED = 1;

/** The root file system as an archive, without what is mounted in it (apple-container.md §5.11). */
export const run: Command = async (parsed, context) =>
  await withService(context, "export", async (service) => {
    const id = parsed.text("id");
    const { status } = await getContainer(service, id);
    // Until 1.2.1 there is no way to hold a file system still.
    if (status.state !== "stopped" && !isAtLeast(context.settings, "1.2.1")) {
      throw new ContainerFailure("invalidState", "container is not stopped");
    }
    const { root } = await service.call("containerRoot", { id });
    const archive = spawn("tar", ["--numeric-owner", "-C", root, "-cf", "-", "."], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(archive, "exit");
    const path = parsed.optionalText("output");
    if (path === undefined) await pipeline(archive.stdout, process.stdout, { end: false });
    else await pipeline(archive.stdout, createWriteStream(path));
    const [code] = (await ended) as [number | null];
    if (code === 0 || code === CHANGED) return 0;
    throw new ContainerFailure("internalError", `failed to export container ${id}`);
  });
