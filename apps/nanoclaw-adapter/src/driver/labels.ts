import { createHash } from "node:crypto";
import { labelNames } from "../labels.js";
import type { ContainerSpec, SessionKey, SessionSpec } from "./contract.js";
import { specInvalid } from "./session-failure.js";

/** The labels by which a session is found again, under NanoClaw's names. */
export const sessionLabels = {
  install: labelNames.installation,
  folder: labelNames.folder,
  group: "nanoclaw-group",
  session: "nanoclaw-session",
  role: "nanoclaw-role",
} as const;

/** What every engine carries as it is. NanoClaw's own rule for values that are joined on. */
const plainValue = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
/** As core takes them. */
const plainName = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;
const longestValue = 4096;

export function isPlainValue(value: unknown): value is string {
  return typeof value === "string" && plainValue.test(value);
}

/** One word for a key, for maps: none of its parts can have a line end. */
export function keyWord({ installSlug, agentGroupId, sessionId }: SessionKey): string {
  return [installSlug, agentGroupId, sessionId].join("\n");
}

/**
 * The labels of a session's sandbox, letter for letter as the host gave them.
 *
 * @throws `spec-invalid` for a label that not every engine keeps as it is, or that contradicts the key.
 */
export function labelsOf({ key, labels }: SessionSpec, agent: ContainerSpec): Record<string, string> {
  const own: Record<string, string> = {
    [sessionLabels.install]: key.installSlug,
    [sessionLabels.group]: key.agentGroupId,
    [sessionLabels.session]: key.sessionId,
    [sessionLabels.role]: agent.role,
  };
  for (const [name, value] of Object.entries(own)) {
    if (!isPlainValue(value)) throw specInvalid(`the label ${name} cannot be kept as it is`);
  }
  const given = { ...labels, ...agent.labels };
  for (const [name, value] of Object.entries(given)) {
    const kept = typeof value === "string" && value.length <= longestValue && !/[\0\r\n]/.test(value);
    if (!kept || !plainName.test(name) || name.startsWith("dev.nanoclaw.")) {
      throw specInvalid(`the label ${JSON.stringify(name)} cannot be kept as it is`);
    }
    if (name in own && own[name] !== value) throw specInvalid(`the label ${name} contradicts the key`);
  }
  return { ...given, ...own };
}

/** The key of the session that a sandbox is for; undefined where it is for none of this installation. */
export function keyOf(labels: Readonly<Record<string, string>>, installSlug: string): SessionKey | undefined {
  const { [sessionLabels.group]: agentGroupId, [sessionLabels.session]: sessionId } = labels;
  if (labels[sessionLabels.install] !== installSlug || labels[sessionLabels.role] !== "agent")
    return undefined;
  return agentGroupId && sessionId ? { installSlug, agentGroupId, sessionId } : undefined;
}

/**
 * The sandbox's name: the same for the same session, so that an engine refuses a second one. A long one is told apart
 * by a digest of all of it.
 */
export function sessionName({ installSlug, sessionId }: SessionKey): string {
  const plain = `ncl-${installSlug}-${sessionId}`;
  if (plain.length <= 63) return plain;
  const digest = createHash("sha256").update(plain).digest("hex").slice(0, 12);
  return `${plain.slice(0, 50)}-${digest}`;
}
