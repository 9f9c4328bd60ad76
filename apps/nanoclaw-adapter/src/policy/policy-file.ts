import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";
import { type ReadFile, readRegularFile, UnusableFile } from "../settings/regular-file.js";
import { CheckedPolicies } from "./checked-policies.js";
import { contradictions } from "./contradictions.js";
import type { Policy } from "./policy.js";
import { liesIn, whyNotTrusted } from "./trusted-path.js";

const limitBytes = 1_048_576;

/** The policy, and where it stands. */
export interface PolicyFile {
  readonly path: string;
  /** Whether there is a file. Without one the policy is empty. */
  readonly exists: boolean;
  readonly policy: Policy;
}

/** Where the host's policy of an installation is. */
export function policyPath({ configDirectory }: Installation): string {
  return join(configDirectory, "sandbox-policy.json");
}

/**
 * Reads the host's policy. A file that others can write to, that an agent can write to, or that is not wholly
 * understood, is no policy: nothing runs until it is mended.
 *
 * @throws SandboxError `invalid_argument`, `permission_denied`.
 */
export async function readPolicy(installation: Installation): Promise<PolicyFile> {
  const path = policyPath(installation);
  const file = await read(path);
  if (file === undefined) return { path, exists: false, policy: {} };
  await checkPlace(path, file, installation);
  return {
    path,
    exists: true,
    policy: await parsePolicy(path, file.text, new CheckedPolicies(installation)),
  };
}

async function read(path: string): Promise<ReadFile | undefined> {
  try {
    const file = await readRegularFile(path, { limitBytes, followLink: true });
    // A link that leads nowhere was meant as a policy, and is no empty one.
    if (file === undefined && (await isLink(path))) throw new UnusableFile("is a link that leads nowhere");
    return file;
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new SandboxError("invalid_argument", `The policy file ${path} ${error.message}.`, {
      cause: error,
      hint: "Make it a readable JSON file, or move it away for an empty policy.",
    });
  }
}

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() === true;
}

async function checkPlace(path: string, file: ReadFile, installation: Installation): Promise<void> {
  for (const directory of [installation.groupsDirectory, installation.dataDirectory]) {
    if (!(await liesIn(path, directory))) continue;
    throw new SandboxError(
      "permission_denied",
      `The policy file ${path} lies in ${directory}, which agents can write to.`,
      { hint: "Move it to ~/.config/nanoclaw/sandbox-policy.json." },
    );
  }
  const distrust = await whyNotTrusted(path, file);
  if (distrust) {
    throw new SandboxError(
      "permission_denied",
      `The policy file ${path} is not believed: ${distrust.reason}.`,
      {
        hint: distrust.hint,
      },
    );
  }
}

/**
 * A text, checked against the published schema, unless it is known to have been, and for what contradicts itself. `path`
 * is for the error.
 *
 * @throws SandboxError `invalid_argument`.
 */
export async function parsePolicy(path: string, text: string, checked?: CheckedPolicies): Promise<Policy> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SandboxError("invalid_argument", `The policy file ${path} is not JSON: ${String(error)}.`, {
      cause: error,
      hint: "Correct it. Comments and commas after the last item are not JSON.",
    });
  }
  const isKnown = await checked?.has(text);
  const faults = isKnown ? [] : await schemaFaultsOf(value);
  if (faults.length === 0) {
    if (!isKnown) await checked?.add(text);
    faults.push(...contradictions(value as Policy));
  }
  if (faults.length === 0) return value as Policy;
  const lines = faults.map((fault) => `  ${fault}`).join("\n");
  throw new SandboxError("invalid_argument", `The policy file ${path} has faults:\n${lines}`, {
    hint: "Correct them; until then no group runs. docs/nanoclaw/policy.md describes the file.",
  });
}

/** The validator is loaded where it has something to do. */
async function schemaFaultsOf(value: unknown): Promise<string[]> {
  const { schemaFaults } = await import("./schema-check.js");
  return schemaFaults(value);
}
