import { SandboxError } from "@nanoclaw/sandbox";

/** One line about an error for the results, with its code where it has one. */
export function failureMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.message.split("\n", 1)[0] ?? "";
  return SandboxError.is(error) ? `${error.code}: ${line}` : line;
}
