import { ContainerFailure } from "../failures.js";

const DEFAULT_REGISTRY = "docker.io";

/** The full name of an image: with its registry, `library/` and a tag (apple-container.md §8.1). */
export function normalizeReference(reference: string): string {
  const [, name = "", tag, digest] =
    /^([^@\s]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(reference) ?? [];
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  const path = hasRegistry ? name.slice(slash + 1) : name;
  if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(path)) {
    throw new ContainerFailure("invalidArgument", `invalid image reference: ${reference}`);
  }
  const registry = hasRegistry ? first : DEFAULT_REGISTRY;
  const isOfficial = registry === DEFAULT_REGISTRY && !path.includes("/");
  const suffix = digest ?? `:${tag ?? "latest"}`;
  return `${registry}/${isOfficial ? "library/" : ""}${path}${suffix}`;
}

/** As tables have it: without the default registry. */
export function shortReference(reference: string): string {
  return reference.replace(/^docker\.io\/(library\/)?/, "");
}

/** `docker.io`, `library/alpine`, `latest`. */
export function partsOfReference(reference: string): { registry: string; path: string; tag: string } {
  const [, registry = "", path = "", tag = ""] = /^([^/]+)\/(.+?)(?::([^:/@]+)|@.+)?$/.exec(reference) ?? [];
  return { registry, path, tag };
}
