import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { isWithin } from "./paths.js";

/**
 * What the guest sees of the host unless told otherwise: programs and libraries, and of `/etc` what programs
 * read that is nobody's secret. Users, passwords, private keys and the host's configuration are not in it.
 */
export const systemPaths: readonly string[] = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc/alternatives",
  "/etc/ca-certificates/extracted",
  "/etc/ld.so.cache",
  "/etc/localtime",
  "/etc/pki/ca-trust/extracted",
  "/etc/pki/tls/certs",
  "/etc/services",
  "/etc/ssl/cert.pem",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
];

/** A path of the host in the guest. */
export type SystemEntry =
  | { readonly kind: "bind"; readonly path: string; readonly source: string }
  | { readonly kind: "symlink"; readonly path: string; readonly to: string };

/** How each path is shown. A link to something that is shown anyway stays a link, such as `/bin` on most systems. */
export function systemEntries(paths: readonly string[]): SystemEntry[] {
  const entries: SystemEntry[] = [];
  for (const path of paths) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) {
      if (systemPaths.includes(path)) continue;
      throw new SandboxError("invalid_argument", `readOnlyPaths names ${path}, which does not exist.`);
    }
    const source = realpathSync(path);
    const shown = paths.some((each) => each !== path && isWithin(each, source));
    if (found.isSymbolicLink() && shown) entries.push({ kind: "symlink", path, to: readlinkSync(path) });
    else entries.push({ kind: "bind", path, source });
  }
  return entries;
}

/** Where a path of the guest comes from on the host, if from there at all. */
export function hostPathOf(path: string, entries: readonly SystemEntry[]): string | undefined {
  for (const entry of entries) {
    if (!isWithin(entry.path, path)) continue;
    const rest = path.slice(entry.path.length);
    if (entry.kind === "bind") return entry.source + rest;
    return hostPathOf(resolve(dirname(entry.path), entry.to) + rest, entries);
  }
  return undefined;
}
