import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whether `system start` was called since the last `system stop`: a service that died meanwhile is registered still. */
export function isRegistered(home: string): boolean {
  return existsSync(registrationOf(home));
}

export function register(home: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(registrationOf(home), "");
}

export function unregister(home: string): void {
  rmSync(registrationOf(home), { force: true });
}

function registrationOf(home: string): string {
  return join(home, "service.registered");
}
