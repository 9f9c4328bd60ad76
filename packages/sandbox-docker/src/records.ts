import type { CreateRequest, SandboxRecord } from "@nanoclaw/sandbox/adapter";

const prefix = "dev.nanoclaw.sandbox.";

/** By these the engine finds what belongs to an installation, and what has a name. */
export const installationLabel = `${prefix}installation`;
export const nameLabel = `${prefix}name`;
/** What is remembered, as JSON in one label: the labels that an image brings cannot add to it. */
const recordLabel = `${prefix}record`;

type Remembered = Pick<SandboxRecord, "name" | "image" | "labels" | "owner" | "expiresAt">;

export function labelsOf(request: CreateRequest, image: string): Record<string, string> {
  const { name, labels, owner, expiresAt } = request;
  const remembered: Remembered = { name, image, labels, owner, expiresAt };
  return {
    [installationLabel]: owner.installation,
    [nameLabel]: name ?? "",
    [recordLabel]: JSON.stringify(remembered),
  };
}

/** What the engine tells of a container, in its list and on inspection alike. */
export interface ContainerFacts {
  /** With the slash that the engine writes before it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>> | null | undefined;
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Reads back what was remembered. Undefined for a container that this adapter did not make. */
export function recordOf({ name, labels, state, createdAt }: ContainerFacts): SandboxRecord | undefined {
  const remembered = parseRecord(labels?.[recordLabel]);
  if (!remembered || labels?.[installationLabel] !== remembered.owner.installation) return undefined;
  return { ...remembered, id: name.replace(/^\//, ""), state: stateOf(state), createdAt };
}

function parseRecord(text: string | undefined): Remembered | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Remembered> | null;
    return typeof value?.owner?.installation === "string" ? (value as Remembered) : undefined;
  } catch {
    // Not written by this adapter.
    return undefined;
  }
}

function stateOf(state: string): SandboxRecord["state"] {
  if (state === "running" || state === "paused" || state === "restarting") return "running";
  // The last two are Podman's, for a container that it has prepared.
  if (state === "created" || state === "configured" || state === "initialized") return "created";
  return "ended";
}
