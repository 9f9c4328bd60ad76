import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Installation, installationAt } from "../src/installation.js";

/** A checkout of NanoClaw in a temporary directory, as far as policy looks at it. */
export interface TestInstallation extends Disposable {
  readonly directory: string;
  readonly installation: Installation;
  readonly policyPath: string;
  /** What makes a program take this installation's places. */
  readonly environment: Readonly<Record<string, string>>;
  policy(policy: unknown): void;
  dotenv(text: string): void;
  /** What the group's agent wrote into its own `config.json`. */
  groupFile(folder: string, content: unknown): string;
}

export function testInstallation(): TestInstallation {
  const directory = mkdtempSync(join(tmpdir(), "ncpolicy-"));
  const environment = {
    XDG_CONFIG_HOME: join(directory, "config"),
    XDG_STATE_HOME: join(directory, "state"),
    HOME: directory,
  };
  const installation = installationAt({ root: join(directory, "nanoclaw"), environment });
  for (const each of [
    installation.groupsDirectory,
    installation.dataDirectory,
    installation.configDirectory,
  ]) {
    mkdirSync(each, { recursive: true });
  }
  const policyPath = join(installation.configDirectory, "sandbox-policy.json");
  return {
    directory,
    installation,
    policyPath,
    environment,
    policy: (policy) => writeFileSync(policyPath, asText(policy)),
    dotenv: (text) => writeFileSync(join(installation.root, ".env"), text),
    groupFile(folder, content) {
      const path = join(installation.groupsDirectory, folder, "config.json");
      mkdirSync(join(installation.groupsDirectory, folder), { recursive: true });
      writeFileSync(path, asText(content));
      return path;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function asText(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}
