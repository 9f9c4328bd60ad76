import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { caused, withService } from "../service/with-service.js";

type Reference =
  | { readonly id: string; readonly path: string }
  | { readonly id?: undefined; readonly path: string };

/** apple-container.md §5.10. */
export const run: Command = async (parsed, context) => {
  const [source, destination] = [referenceOf(parsed.text("source")), referenceOf(parsed.text("destination"))];
  if (source.id !== undefined && destination.id !== undefined) {
    throw refuse("copying between containers is not supported");
  }
  const id = source.id ?? destination.id;
  if (id === undefined) {
    throw refuse("one of source or destination must be a container reference (container_id:path)");
  }
  const direction = source.id === undefined ? "in" : "out";
  if (direction === "in") requireSource(source.path);
  const onHost = (path: string) => `${resolve(path)}${path.endsWith("/") ? "/" : ""}`;
  return await withService(context, "copy", async (service) => {
    const request = {
      id,
      direction,
      source: direction === "in" ? onHost(source.path) : source.path,
      destination: direction === "out" ? onHost(destination.path) : destination.path,
    } as const;
    const { path } = await service.call("containerCopy", request).catch((error: unknown) => {
      const way = direction === "in" ? "into" : "from";
      throw caused("internalError", `failed to copy ${way} container ${id}`, error);
    });
    printLine(direction === "in" ? `${id}:${path}` : path);
    return 0;
  });
};

/** No path can have a colon in it, and none in a container be relative. */
function referenceOf(text: string): Reference {
  const parts = text.split(":");
  if (parts.length === 1) return { path: text };
  const [id = "", path = ""] = parts;
  if (parts.length > 2 || id === "" || !path.startsWith("/")) throw refuse(`invalid path given: ${text}`);
  return { id, path };
}

function requireSource(path: string): void {
  const found = statSync(path.replace(/\/+$/, "") || "/", { throwIfNoEntry: false });
  if (found === undefined) throw refuse(`source path does not exist: ${path}`);
  if (path.endsWith("/") && !found.isDirectory()) throw refuse(`source path is not a directory: ${path}`);
}

function refuse(message: string): ContainerFailure {
  return new ContainerFailure("invalidArgument", message);
}
