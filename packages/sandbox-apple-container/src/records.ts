import type { CreateRequest, SandboxRecord } from "@nanoclaw/sandbox/adapter";

/**
 * What is remembered of a sandbox, as JSON in one label. The engine refuses a value with `=` in it (apple-container.md
 * §4.4), so it is base64url, which has none without its padding.
 */
export const recordLabel = "dev.nanoclaw.sandbox.record";

type Remembered = Pick<SandboxRecord, "name" | "image" | "labels" | "owner" | "expiresAt">;

/** The labels of a container, for its creation. */
export function labelsOf(request: CreateRequest, image: string): Record<string, string> {
  const { name, labels, owner, expiresAt } = request;
  const remembered: Remembered = { name, image, labels, owner, expiresAt };
  return { [recordLabel]: Buffer.from(JSON.stringify(remembered)).toString("base64url") };
}

/** What was remembered, or undefined for a container that this adapter did not make. */
export function rememberedIn(labels: Readonly<Record<string, string>>): Remembered | undefined {
  const text = labels[recordLabel];
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(Buffer.from(text, "base64url").toString()) as Partial<Remembered> | null;
    return typeof value?.owner?.installation === "string" ? (value as Remembered) : undefined;
  } catch {
    // Not written by this adapter.
    return undefined;
  }
}
