/** How those who issue credentials begin them. What is merely long or random is none. */
const credentials: readonly RegExp[] = [
  /^sk-[A-Za-z0-9_-]{20,}$/,
  /^gh[pousr]_[A-Za-z0-9]{20,}$/,
  /^github_pat_[A-Za-z0-9_]{20,}$/,
  /^xox[abprs]-[A-Za-z0-9-]{10,}$/,
  /^AKIA[0-9A-Z]{16}$/,
  /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** A value that is a credential, whatever its name. */
export function isCredential(value: string): boolean {
  return credentials.some((pattern) => pattern.test(value));
}

/** A value that is a credential, or is named like one. The path of a file is neither. */
export function isSecretShaped(name: string, value: string): boolean {
  if (/^\/\S*$/.test(value)) return false;
  return /(_KEY|_TOKEN|_SECRET|PASSWORD)$/i.test(name) || isCredential(value);
}
