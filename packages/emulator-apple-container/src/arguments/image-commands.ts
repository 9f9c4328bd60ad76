import { flag, option, positional } from "./define.js";
import type { CommandDefinition } from "./definition.js";
import {
  debug,
  format,
  maxConcurrentDownloads,
  platform,
  progress,
  quiet,
  scheme,
} from "./shared-options.js";

const reference = positional("reference", "Name of the image");
const images = positional("images", "Names of images", { repeating: true });

/** apple-container.md §8.1. */
export const imageCommand: CommandDefinition = {
  name: "image",
  aliases: ["i"],
  abstract: "Manage images",
  arguments: [debug],
  subcommands: [
    {
      name: "delete",
      aliases: ["rm"],
      abstract: "Delete images",
      arguments: [
        flag("a all", "Delete all images"),
        flag("f force", "Pass over those that are missing"),
        debug,
        positional("images", "Names of images", { optional: true, repeating: true }),
      ],
    },
    { name: "inspect", abstract: "Show images in full", arguments: [debug, images] },
    {
      name: "list",
      aliases: ["ls"],
      abstract: "List images",
      arguments: [...format, quiet, flag("v verbose", "All that is known"), debug],
    },
    {
      name: "load",
      abstract: "Load images from an archive",
      arguments: [
        option("i input", "string", "Path of the archive; stdin without"),
        flag("f force", "Load in spite of entries that are refused"),
        debug,
      ],
    },
    {
      name: "prune",
      abstract: "Delete unused images",
      arguments: [flag("a all", "Those with a name too"), debug],
    },
    {
      name: "pull",
      abstract: "Fetch an image",
      arguments: [debug, ...scheme, progress, maxConcurrentDownloads, ...platform, reference],
    },
    {
      name: "push",
      abstract: "Publish an image",
      arguments: [debug, ...scheme, progress, ...platform, reference],
    },
    {
      name: "save",
      abstract: "Write images to an archive",
      arguments: [
        ...platform,
        option("o output", "string", "Path of the archive; stdout without"),
        debug,
        positional("references", "Names of images", { repeating: true }),
      ],
    },
    {
      name: "tag",
      abstract: "Give an image another name",
      arguments: [debug, positional("source", "Name of the image"), positional("target", "The other name")],
    },
  ],
};
