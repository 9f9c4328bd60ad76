import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDisk, type Guest, type GuestOptions, type GuestProfile, startGuest } from "../src/index.js";

/** A temporary directory whose guests end with it. */
export class Guests implements AsyncDisposable {
  readonly directory = mkdtempSync(join(realpathSync(tmpdir()), "emulator-guest-"));
  readonly support = join(this.directory, "support");
  private readonly running: Guest[] = [];

  constructor() {
    mkdirSync(this.support);
  }

  async disk(name: string, profile: GuestProfile): Promise<string> {
    const directory = join(this.directory, name);
    await createDisk(directory, profile);
    return directory;
  }

  async start(disk: string, options: Partial<GuestOptions> = {}): Promise<Guest> {
    const guest = await startGuest({
      disk,
      support: this.support,
      addressSeed: disk,
      owner: this.directory,
      ...options,
    });
    this.running.push(guest);
    return guest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.running.map((guest) => guest.kill()));
    rmSync(this.directory, { recursive: true });
  }
}

/** Runs a command of the guest's shell as this user; the exit code and both outputs together. */
export function inGuest(
  guest: Guest,
  command: string,
  user = "root",
): Promise<{ code: number; text: string }> {
  const enter = ["-t", String(guest.pid), "-m", "-p", "-i", "-u", "-n", "-r", "-w", "--"];
  return new Promise((resolve) => {
    execFile("nsenter", [...enter, "su", user, "-c", command], (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, text: `${stdout}${stderr}`.trim() });
    });
  });
}
