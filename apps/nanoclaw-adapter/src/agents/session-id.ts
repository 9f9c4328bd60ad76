import { SandboxError } from "@nanoclaw/sandbox";

/** Every agent's ids have this form. What begins with "-" would be an option of its command line. */
const validSessionId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && validSessionId.test(value);
}

/** @throws SandboxError `invalid_argument`. */
export function checkSessionId(value: unknown): asserts value is string {
  if (isSessionId(value)) return;
  throw new SandboxError("invalid_argument", "The session id is none.", {
    hint: 'Letters, digits, ".", "_" and "-", at most 128, beginning with a letter or digit.',
  });
}
