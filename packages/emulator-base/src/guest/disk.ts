import { chmodSync, cpSync, existsSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type GuestProfile, systemFiles } from "./profile.js";
import { runProgram } from "./run-program.js";

/** Taken from the host as they are: programs of the host run in the guest and look there. */
const copiedFromHost = [
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "login.defs",
  "mime.types",
  "protocols",
  "security",
  "services",
  "terminfo",
];

/**
 * Makes a guest's own files: what is on the disk of a machine that was never started. Some ten kilobytes; the programs
 * are the host's. A copy with its owners (`cp -a`) is a disk too, with the same SSH host keys.
 *
 * @param directory Made by this call.
 */
export async function createDisk(directory: string, profile: GuestProfile): Promise<void> {
  const root = (path: string) => join(directory, path);
  for (const path of ["", "usr", "proc", "sys", "dev", "run", "opt", "srv", "mnt", "media"]) make(root(path));
  if (profile.os === "darwin") make(root("private"));
  for (const path of ["etc", "var", "tmp"]) {
    if (profile.os === "darwin") symlinkSync(`private/${path}`, root(path));
    make(root(profile.os === "darwin" ? `private/${path}` : path));
  }
  for (const path of ["alternatives", "ssl", "ssh", "pam.d"]) make(root(`etc/${path}`));
  for (const path of ["log", "lib", "cache", "spool", "tmp"]) make(root(`var/${path}`));
  for (const path of ["tmp", "var/tmp"]) chmodSync(root(path), 0o1777);
  make(root("root"), 0o700);
  symlinkSync("/run", root("var/run"));

  for (const name of copiedFromHost) {
    const source = join("/etc", name);
    if (existsSync(source)) cpSync(source, root(join("etc", name)), { recursive: true, dereference: true });
  }
  for (const { path, mode, text } of systemFiles(profile)) {
    writeFileSync(root(path), text, { mode });
    chmodSync(root(path), mode);
  }
  makeHome(directory, profile);
  for (const type of ["ecdsa", "ed25519"]) {
    const key = root(`etc/ssh/ssh_host_${type}_key`);
    await runProgram("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", `root@${profile.hostname}`, "-f", key]);
  }
}

function makeHome(directory: string, { user, os }: GuestProfile): void {
  const home = join(directory, user.home);
  make(dirname(home));
  make(home, os === "darwin" ? 0o750 : 0o755);
  lchownSync(home, user.uid, user.uid);
  if (os === "darwin") make(join(directory, "Volumes"));
}

/** The mode that a directory is made with is reduced by the umask; the one it is changed to is not. */
function make(directory: string, mode = 0o755): void {
  mkdirSync(directory);
  chmodSync(directory, mode);
}
