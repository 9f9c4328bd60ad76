import { RuntimeFailure } from "../failures.js";

/** The name of an image in a registry. */
export interface RemoteName {
  /** With the port. */
  readonly host: string;
  /** May have several parts. */
  readonly namespace: string;
  /** A tag, or `sha256:…`. */
  readonly reference: string;
}

const grammar =
  /^(?<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d+)?)\/(?<namespace>[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]*)|@(?<digest>sha256:[0-9a-f]+))?$/;

/** Undefined for what is the name of a local machine, whatever that looks like. */
export function parseRemoteName(text: string): RemoteName | undefined {
  const { host, namespace, tag, digest } = grammar.exec(text)?.groups ?? {};
  if (host === undefined || namespace === undefined) return undefined;
  return { host, namespace, reference: digest ?? tag ?? "latest" };
}

export function requireRemoteName(text: string): RemoteName {
  const name = parseRemoteName(text);
  if (name !== undefined) return name;
  throw new RuntimeFailure(`failed to parse remote name: "${text}" is not of the form host/namespace:tag`);
}

export function isDigest(reference: string): boolean {
  return reference.startsWith("sha256:");
}

/** `host/namespace:tag` or `host/namespace@sha256:…`. */
export function formatRemoteName({ host, namespace, reference }: RemoteName): string {
  return `${host}/${namespace}${isDigest(reference) ? "@" : ":"}${reference}`;
}
