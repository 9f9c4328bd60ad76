import { expect, it } from "vitest";
import { parseImage } from "./image.js";

it.each([
  ["debian", "debian", "latest", "docker.io"],
  ["node:22-slim", "node", "22-slim", "docker.io"],
  ["user/image:1", "user/image", "1", "docker.io"],
  ["ghcr.io/user/image", "ghcr.io/user/image", "latest", "ghcr.io"],
  ["localhost:5000/image", "localhost:5000/image", "latest", "localhost:5000"],
  ["localhost/image:2", "localhost/image", "2", "localhost"],
  ["debian@sha256:abc", "debian", "sha256:abc", "docker.io"],
  ["registry:5000/a/b:tag@sha256:abc", "registry:5000/a/b", "sha256:abc", "registry:5000"],
])("splits %s", (image, repository, tag, registry) => {
  expect(parseImage(image)).toEqual({ repository, tag, registry });
});
