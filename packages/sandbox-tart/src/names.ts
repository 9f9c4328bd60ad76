import { createHash } from "node:crypto";

/** What `tart run` and the rest take for a name without mistaking it for an option, a path or a remote image. */
const plainName = /^[a-z0-9][a-z0-9-]{0,62}$/;

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The name of the virtual machine of a sandbox: it tells a reader whose it is, and is proof of nothing. */
export function vmName(id: string, installation: string): string {
  const name = `nanoclaw-${digest(installation).slice(0, 8)}-${id.replace(/^sandbox-/, "")}`;
  return plainName.test(name)
    ? name
    : `nanoclaw-${digest(installation).slice(0, 8)}-${digest(id).slice(0, 32)}`;
}

/** A name of an image in a registry, with the tag that Tart takes for granted. Undefined for any other name. */
export function remoteImage(image: string): string | undefined {
  const [, path, reference] =
    /^([^/@]+(?::\d+)?(?:\/[^/:@]+)+)(:[^/:@]+|@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  return path === undefined ? undefined : `${path}${reference ?? ":latest"}`;
}
