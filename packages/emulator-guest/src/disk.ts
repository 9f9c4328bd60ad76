import { cpSync, existsSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
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
  mkdirSync(directory, { mode: 0o755 });
  const root = (path: string) => join(directory, path);
  for (const path of ["usr", "proc", "sys", "dev", "run", "opt", "srv", "mnt", "media"])
    mkdirSync(root(path));
  for (const path of ["etc", "var", "tmp"]) {
    if (profile.os === "linux") continue;
    mkdirSync(root(`private/${path}`), { recursive: true });
    symlinkSync(`private/${path}`, root(path));
  }
  for (const path of ["etc/alternatives", "etc/ssl", "var/log", "var/lib", "var/cache", "var/spool"]) {
    mkdirSync(root(path), { recursive: true });
  }
  // The mode that a directory is made with is reduced by the umask; the one it is changed to is not.
  for (const path of ["tmp", "var/tmp"]) mkdirSync(root(path), { recursive: true });
  await runProgram("chmod", ["1777", root("tmp/"), root("var/tmp")]);
  mkdirSync(root("root"), { mode: 0o700 });
  symlinkSync("/run", root("var/run"));

  for (const name of copiedFromHost) {
    const source = join("/etc", name);
    if (existsSync(source)) cpSync(source, root(join("etc", name)), { recursive: true, dereference: true });
  }
  for (const { path, mode, text } of systemFiles(profile)) {
    mkdirSync(dirname(root(path)), { recursive: true });
    writeFileSync(root(path), text, { mode });
  }
  makeHome(directory, profile);
  mkdirSync(root("etc/ssh"), { recursive: true });
  for (const type of ["ecdsa", "ed25519"]) {
    const key = root(`etc/ssh/ssh_host_${type}_key`);
    await runProgram("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", `root@${profile.hostname}`, "-f", key]);
  }
}

function makeHome(directory: string, { user, os }: GuestProfile): void {
  const home = join(directory, user.home);
  mkdirSync(dirname(home), { mode: 0o755 });
  mkdirSync(home, { mode: os === "darwin" ? 0o750 : 0o755 });
  lchownSync(home, user.uid, user.uid);
  if (os === "darwin") mkdirSync(join(directory, "Volumes"));
}
