/** The parts of an image's name that a pull takes. */
export interface ImageReference {
  /** With the registry, without tag and digest. */
  readonly repository: string;
  /** A tag, or a digest such as `sha256:…`. */
  readonly tag: string;
  /** Host of the registry; `docker.io` where the name has none. */
  readonly registry: string;
}

/** Splits `registry/path:tag@digest`. A name without a tag means `latest`, or a pull would fetch every tag. */
export function parseImage(image: string): ImageReference {
  const [named = "", digest] = image.split("@", 2);
  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  const repository = tagged ? named.slice(0, colon) : named;
  const [first = "", ...rest] = repository.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return {
    repository,
    tag: digest ?? (tagged ? named.slice(colon + 1) : "latest"),
    registry: hasRegistry ? first : "docker.io",
  };
}
