import { join } from "node:path";
import { Records } from "./records.js";

/** What `registry login` keeps of a registry; the password is in no output. */
export interface Credentials {
  readonly server: string;
  readonly username: string;
  readonly password: string;
  readonly creationDate: string;
  readonly modificationDate: string;
}

/** Stands for the login keychain. */
export function keychainOf(home: string): Records<Credentials> {
  return new Records(join(home, "emulator-keychain"));
}
