import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isServiceUp } from "../state/service-socket.js";

const POLL_MS = 5;

/**
 * Starts the service of an installation, and waits until it answers. Nothing happens where it is up.
 *
 * @throws An `Error` where it does not answer within the limit.
 */
export async function startService(home: string, limitMs: number): Promise<void> {
  mkdirSync(home, { recursive: true });
  if (await isServiceUp(home)) return;
  const log = openSync(join(home, "service.log"), "a");
  const program = fileURLToPath(new URL("../dist/service.js", import.meta.url));
  const child = spawn(process.execPath, [program, home], {
    cwd: "/",
    detached: true,
    // What starts it may itself be limited or marked by its environment.
    env: { PATH: process.env.PATH },
    stdio: ["ignore", log, log],
  });
  child.unref();
  closeSync(log);
  const deadline = Date.now() + limitMs;
  while (!(await isServiceUp(home))) {
    if (Date.now() > deadline) throw new Error("the service does not answer");
    await delay(POLL_MS);
  }
}
