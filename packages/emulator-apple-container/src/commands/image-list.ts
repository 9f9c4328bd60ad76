import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printListing } from "../output/print.js";
import { partsOfReference, shortReference } from "../state/image-reference.js";
import { type Image, localImages } from "../state/images.js";
import { formatPlatform } from "../state/platform.js";
import { requireService } from "../state/service-socket.js";
import { imageResource, isInfrastructure } from "./image-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  if (parsed.flag("quiet") && parsed.flag("verbose")) {
    throw new ContainerFailure("invalidArgument", "cannot use flag --quiet and --verbose together");
  }
  await requireService(home);
  const images = localImages(home)
    .all()
    .filter((image) => !isInfrastructure(image))
    .sort((one, other) => (one.reference < other.reference ? -1 : 1));
  printListing(
    parsed.text("format"),
    {
      value: images.map((image) => imageResource(image, settings)),
      rows: parsed.flag("verbose") ? verboseRows(images) : rows(images),
      ...(parsed.flag("quiet") && { names: images.map(({ reference }) => shortReference(reference)) }),
    },
    settings,
  );
  return 0;
};

function rows(images: readonly Image[]): string[][] {
  const cells = images.map(({ reference, descriptor }) => {
    return [nameOf(reference), partsOfReference(reference).tag, shortDigest(descriptor.digest, 12)];
  });
  return [["NAME", "TAG", "DIGEST"], ...cells];
}

function verboseRows(images: readonly Image[]): string[][] {
  const header = [
    "NAME",
    "TAG",
    "INDEX DIGEST",
    "OS",
    "ARCH",
    "VARIANT",
    "SIZE",
    "CREATED",
    "MANIFEST DIGEST",
  ];
  const cells = images.flatMap((image) =>
    image.variants.map(({ platform, size, digest }) => {
      const [os = "", architecture = "", variant = ""] = formatPlatform(platform).split("/");
      const { reference, descriptor, creationDate } = image;
      return [
        nameOf(reference),
        partsOfReference(reference).tag,
        shortDigest(descriptor.digest, 12),
        os,
        architecture,
        variant,
        `${(size / 1e6).toFixed(1)} MB`,
        creationDate,
        shortDigest(digest, 12),
      ];
    }),
  );
  return [header, ...cells];
}

function nameOf(reference: string): string {
  return shortReference(reference).replace(/[:@][^/]*$/, "");
}

function shortDigest(digest: string, length: number): string {
  return digest.replace(/^sha256:/, "").slice(0, length);
}
