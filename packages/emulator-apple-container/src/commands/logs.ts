import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { caused, withService } from "../service/with-service.js";

const POLL_MS = 50;
const CHUNK_BYTES = 65_536;

/** apple-container.md §5.8. */
export const run: Command = async (parsed, context) => {
  const id = parsed.text("container-id");
  const failed = (error: unknown) => caused("internalError", `failed to get logs for container ${id}`, error);
  const path = await withService(context, "logs", async (service) => {
    const paths = await service.call("containerLogs", { id }).catch((error: unknown) => {
      throw failed(error);
    });
    return parsed.flag("boot") ? paths.boot : paths.output;
  });
  const bytes = readLog(path, failed);
  print(textOf(bytes), parsed.optionalNumber("n"));
  if (parsed.flag("follow")) await follow(path, bytes.length);
  return 0;
};

/** A container that was never started has none. */
function readLog(path: string, failed: (error: unknown) => ContainerFailure): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failed(new ContainerFailure("notFound", `failed to open container logs: ${String(error)}`));
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ContainerFailure("internalError", "failed to convert container logs to utf8");
  }
}

/** Without blank lines where lines are counted. */
function print(text: string, lineCount: number | undefined): void {
  const trimmed = text.replace(/^\n+|\n+$/g, "");
  const lines = trimmed.split("\n").filter((line) => line !== "");
  const shown = lineCount === undefined ? trimmed : lines.slice(-lineCount).join("\n");
  if (shown !== "" && lineCount !== 0) process.stdout.write(`${shown}\n`);
}

/** Never ends by itself, also when the container stops. Each piece is taken for text as it comes, without blank lines. */
async function follow(path: string, from: number): Promise<never> {
  let position = from;
  for (;;) {
    const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: position };
    if (size < position) position = 0;
    while (position < size) {
      const piece = readAt(path, position);
      if (piece.length === 0) break;
      position += piece.length;
      for (const line of piece.toString().split("\n")) {
        if (line !== "") process.stdout.write(`${line}\n`);
      }
    }
    await delay(POLL_MS);
  }
}

function readAt(path: string, position: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, CHUNK_BYTES, position));
  } finally {
    closeSync(file);
  }
}
