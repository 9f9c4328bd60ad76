import { sep } from "node:path";

/**
 * Names that hold credentials. A pattern is the whole name of a file or directory, with `*` for any characters and
 * `?` for one: "credentials" does not block "credentials-parser".
 */
export const defaultBlocked: readonly string[] = [
  ".ssh",
  ".gnupg",
  ".gpg",
  ".aws",
  ".azure",
  ".gcloud",
  ".kube",
  ".docker",
  "credentials",
  "credentials.*",
  ".credentials*",
  ".env",
  ".env.*",
  ".netrc",
  ".npmrc",
  ".pypirc",
  "id_rsa*",
  "id_ed25519*",
  "private_key",
  "private_key.*",
  ".secret",
  ".secrets",
];

/** The first pattern that a component of the path matches. Case does not count, as it does not on macOS. */
export function blockedBy(path: string, patterns: readonly string[]): string | undefined {
  const names = path.split(sep).filter((name) => name !== "");
  return patterns.find((pattern) => {
    const expression = asExpression(pattern);
    return names.some((name) => expression.test(name));
  });
}

function asExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "is");
}
