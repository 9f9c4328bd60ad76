import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode, SystemFailure } from "../failures.js";
import { faultStrikes } from "./faults.js";
import type { TartHome } from "./home.js";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What there is for this host: from the environment, else from the keychain. */
export function credentialsFor(home: TartHome, host: string): Credentials | undefined {
  const {
    TART_REGISTRY_HOSTNAME: only,
    TART_REGISTRY_USERNAME: username,
    TART_REGISTRY_PASSWORD: password,
  } = process.env;
  if (username !== undefined && password !== undefined && (only === undefined || only === host)) {
    return { username, password };
  }
  return readKeychain(home)[host];
}

export function storeCredentials(home: TartHome, host: string, credentials: Credentials | undefined): void {
  const { [host]: _, ...others } = readKeychain(home);
  const all = credentials === undefined ? others : { ...others, [host]: credentials };
  writeFileSync(keychainPath(home), JSON.stringify(all), { mode: 0o600 });
}

function readKeychain(home: TartHome): Record<string, Credentials> {
  if (faultStrikes(home, "keychain")) {
    throw new SystemFailure('Failed(message: "Keychain returned unsuccessful status -25308")');
  }
  try {
    return JSON.parse(readFileSync(keychainPath(home), "utf8")) as Record<string, Credentials>;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return {};
    throw error;
  }
}

function keychainPath(home: TartHome): string {
  return join(home.path, "emulator-keychain.json");
}
