import { SandboxError } from "@nanoclaw/sandbox";
import type { ImageBuild, StoredImage } from "@nanoclaw/sandbox-docker";

/** `container build` of a directory with a Dockerfile. Values stand behind "=", where none is taken for an option. */
export function buildArguments(
  { tag, labels }: Pick<ImageBuild, "tag" | "labels">,
  directory: string,
  platform: string,
): string[] {
  const labelled = Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`);
  return [
    "build",
    "--progress=plain",
    `--platform=${platform}`,
    ...labelled,
    `--tag=${tag}`,
    "--",
    directory,
  ];
}

/** Without a platform an image is pulled for all of them. */
export function pullArguments(image: string, platform: string): string[] {
  return ["image", "pull", "--progress=none", `--platform=${platform}`, "--", image];
}

/** From what `container image inspect` prints of one image. Undefined when it has none. */
export function inspectedImage(text: string): StoredImage | undefined {
  let images: unknown;
  try {
    images = JSON.parse(text);
  } catch (cause) {
    throw noDescription(cause);
  }
  if (!Array.isArray(images)) throw noDescription();
  const [image] = images as [Inspected?];
  if (image === undefined) return undefined;
  // Before 1.0 without a configuration around it.
  const { name, descriptor } = image.configuration ?? image;
  if (typeof descriptor?.digest !== "string") throw noDescription();
  const labels = Object.assign(
    {},
    ...(image.variants ?? []).map(({ config }) => config?.config?.Labels ?? {}),
  );
  const isLocal = labels["nanoclaw-base-recipe"] !== undefined;
  return { id: descriptor.digest, labels, digests: isLocal ? [] : [`${name ?? ""}@${descriptor.digest}`] };
}

interface Inspected {
  readonly name?: string;
  readonly descriptor?: { readonly digest?: unknown };
  readonly configuration?: { readonly name?: string; readonly descriptor?: { readonly digest?: unknown } };
  readonly variants?: readonly {
    readonly config?: { readonly config?: { readonly Labels?: Readonly<Record<string, string>> } };
  }[];
}

function noDescription(cause?: unknown): SandboxError {
  return new SandboxError(
    "adapter_fault",
    "container image inspect gave something else than a description.",
    {
      cause,
    },
  );
}
