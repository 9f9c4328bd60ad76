import { posix } from "node:path";
import type { Bind } from "../mounts/mount-plan.js";
import { printable } from "./flags.js";
import { Refusal } from "./refusal.js";

/** Reads `-v HOST:GUEST[:ro|rw]`. Docker's volumes have names instead of paths, and are none of NanoClaw's. */
export function parseVolume(text: string): Bind {
  const [source = "", target = "", mode = "rw", ...more] = text.split(":");
  const absolute = source.startsWith("/") && target.startsWith("/");
  if (!absolute || more.length > 0 || (mode !== "ro" && mode !== "rw")) {
    throw new Refusal(`docker run: -v ${printable(text)} is no mount.`, {
      hint: "Write -v /path/on/the/host:/path/in/the/guest, with :ro at its end for read-only. Docker has no way to write a path with a colon.",
    });
  }
  return { source, target: posix.normalize(target).replace(/(?<=.)\/$/, ""), readOnly: mode === "ro" };
}
