import { join } from "node:path";
import type { Installation } from "../installation.js";
import { readRegularFile, UnusableFile } from "../settings/regular-file.js";
import { type Claim, claimOf, own } from "./claim.js";

const limitBytes = 65_536;

/** Where a group can ask for a stronger wall. */
function groupFilePath({ groupsDirectory }: Installation, folder: string): string {
  return join(groupsDirectory, folder, "config.json");
}

/**
 * Reads `containerConfig` of a group's own `config.json`. The group's agent writes it: a link is not followed, a FIFO
 * not waited for, and whatever is wrong with it is told and says nothing else.
 */
export async function readGroupFile(installation: Installation, folder: string): Promise<Claim> {
  const source = groupFilePath(installation, folder);
  try {
    const file = await readRegularFile(source, { limitBytes, followLink: false });
    return file ? parseGroupFile(source, file.text) : { source };
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    return { source, trouble: `It ${error.message}.` };
  }
}

function parseGroupFile(source: string, text: string): Claim {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the file, which may have come through anything.
    return { source, trouble: "It is not JSON." };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { source, trouble: "It is no object of JSON." };
  }
  return claimOf(source, own(value, "containerConfig"));
}
