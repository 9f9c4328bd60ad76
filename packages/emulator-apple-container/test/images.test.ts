// @module-tag thorough

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { normalizeReference, shortReference } from "../src/state/image-reference.js";
import { container, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

const directory = mkdtempSync(join(tmpdir(), "images-"));
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ["alpine", "docker.io/library/alpine:latest", "alpine:latest"],
  ["alpine:3", "docker.io/library/alpine:3", "alpine:3"],
  ["me/tool", "docker.io/me/tool:latest", "me/tool:latest"],
  ["docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"],
  ["ghcr.io/a/b/c:v1", "ghcr.io/a/b/c:v1", "ghcr.io/a/b/c:v1"],
  ["localhost:5000/a", "localhost:5000/a:latest", "localhost:5000/a:latest"],
])("%s is short for %s", (given, full, short) => {
  expect(normalizeReference(given)).toBe(full);
  expect(normalizeReference(full)).toBe(full);
  expect(shortReference(full)).toBe(short);
});

test.each(["Alpine", "a b", "a//b:", ""])("%j is no name of an image", (text) => {
  expect(() => normalizeReference(text)).toThrow(`invalid image reference: ${text}`);
});

describe("images", () => {
  const service = useService();
  const call = (...argv: string[]) => container(service.emulator, argv);
  const ok = (...argv: string[]) => succeed(service.emulator, ...argv);

  test("are listed without the default registry in tables, with it in JSON", async () => {
    expect(await ok("image", "list")).toMatch(
      /^NAME +TAG {2}DIGEST\nnanoclaw-test\/busybox {2}1 +[0-9a-f]{12}\n$/,
    );
    expect(await ok("image", "list", "-q")).toBe(`${BUSYBOX}\n`);
    const [image] = JSON.parse(await ok("i", "ls", "--format", "json", "-q"));
    expect(image).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      configuration: {
        name: `docker.io/${BUSYBOX}`,
        creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        descriptor: {
          mediaType: "application/vnd.oci.image.index.v1+json",
          digest: `sha256:${image.id}`,
          size: expect.any(Number),
        },
      },
      variants: [
        {
          platform: { os: "linux", architecture: "arm64" },
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          size: expect.any(Number),
          config: expect.objectContaining({
            architecture: "arm64",
            os: "linux",
            config: { Cmd: ["sh"], Env: [expect.stringMatching(/^PATH=/)] },
          }),
        },
      ],
    });
    expect(JSON.parse(await ok("image", "inspect", BUSYBOX, `docker.io/${BUSYBOX}`))[0]).toEqual(image);
  });

  test("-q and -v exclude each other", async () => {
    const stderr = "Error: cannot use flag --quiet and --verbose together\n";
    expect(await call("image", "list", "-q", "-v")).toMatchObject({ exitCode: 1, stdout: "", stderr });
  });

  test("are pulled from registries, which prints nothing", async () => {
    await service.emulator.image({ name: "busybox", reference: "ghcr.io/a/pulled:1", place: "registry" });
    expect(await call("image", "inspect", "ghcr.io/a/pulled:1")).toMatchObject({ exitCode: 1 });
    const pulled = await call("image", "pull", "--progress", "none", "ghcr.io/a/pulled:1");
    expect(pulled).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    await ok("image", "inspect", "ghcr.io/a/pulled:1");
    expect(await ok("image", "rm", "ghcr.io/a/pulled:1")).toBe("ghcr.io/a/pulled:1\n");
    const told = await call("image", "pull", "ghcr.io/a/pulled:1");
    expect(told.stderr).toMatch(/^\[1\/2\] Fetching image \[0s\]\n/);
  });

  test("that are nowhere, and other ways to fail", async () => {
    expect(await call("image", "pull", "--progress=none", "nowhere.example/a:1")).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Error: .*404 Not Found\n$/),
    });
    const amd = await call(
      "image",
      "pull",
      "--progress=none",
      "--platform=linux/amd64",
      "ghcr.io/a/pulled:1",
    );
    expect(amd).toMatchObject({ exitCode: 1, stderr: "Error: unsupported platform linux/amd64\n" });
    service.emulator.settings({ faults: ["keychain"] });
    expect((await call("image", "pull", "--progress=none", "x")).stderr).toContain("-25308");
    service.emulator.settings({ faults: ["registry:1"] });
    expect((await call("image", "pull", "--progress=none", "x")).stderr).toContain(
      "connection reset by peer",
    );
  });

  test("are not answered about where the service breaks off", async () => {
    service.emulator.settings({ faults: ["interrupt-image-inspect:1"] });
    expect(await call("image", "inspect", BUSYBOX)).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^Error: interrupted: "XPC connection error: Connection interrupted"\nEnsure /,
      ),
    });
    await ok("image", "inspect", BUSYBOX);
  });

  test("are fetched by run where they are not there, for the host's platform", async () => {
    await service.emulator.image({ name: "busybox", reference: "ghcr.io/a/fetched:1", place: "registry" });
    expect(await ok("run", "--rm", "--progress=none", "ghcr.io/a/fetched:1", "echo", "hi")).toBe("hi\n");
    await ok("image", "inspect", "ghcr.io/a/fetched:1");
    const amd = await call("run", "--rm", "--progress=none", "--arch=amd64", "ghcr.io/a/fetched:1", "true");
    expect(amd).toMatchObject({ exitCode: 1, stderr: "Error: unsupported platform linux/amd64\n" });
  });

  test("CONTAINER_DEFAULT_PLATFORM stands for what no option says", async () => {
    const environment = { CONTAINER_DEFAULT_PLATFORM: "linux/amd64" };
    const argv = ["run", "--rm", "--progress=none", BUSYBOX, "true"];
    const result = await container(service.emulator, argv, { environment });
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("unsupported platform linux/amd64"),
    });
    const wrong = await container(service.emulator, argv, {
      environment: { CONTAINER_DEFAULT_PLATFORM: "x" },
    });
    expect(wrong.stderr).toContain('invalid platform "x" in CONTAINER_DEFAULT_PLATFORM environment variable');
    expect(wrong.exitCode).toBe(1);
  });

  test("get other names, and go", async () => {
    expect(await ok("image", "tag", BUSYBOX, "mine")).toBe("mine\n");
    const [one, other] = JSON.parse(await ok("image", "inspect", BUSYBOX, "mine"));
    expect(one.id).toBe(other.id);
    expect(await call("image", "delete", "mine", "missing")).toMatchObject({
      exitCode: 1,
      stdout: "docker.io/library/mine:latest\n",
      stderr: 'Error: failed to delete one or more images: ["missing"]\n',
    });
    expect(await ok("image", "delete", "--force", "missing")).toBe("");
    expect(await call("image", "tag", "missing", "x")).toMatchObject({
      exitCode: 1,
      stderr: "Error: image not found: missing\n",
    });
  });

  test("are saved and loaded with their files, by path and by stdin", async () => {
    const path = join(directory, "image.tar");
    await ok("image", "tag", BUSYBOX, "saved:1");
    expect(await ok("image", "save", "-o", path, "saved:1")).toBe("docker.io/library/saved:1\n");
    await ok("image", "delete", "saved:1");
    expect(await ok("image", "load", "-i", path)).toBe("docker.io/library/saved:1\n");
    expect(await ok("run", "--rm", "--progress=none", "saved:1", "echo", "loaded")).toBe("loaded\n");
    const piped = await call("image", "save", "saved:1");
    expect(piped.exitCode).toBe(0);
    await ok("image", "delete", "saved:1");
    const loaded = await container(service.emulator, ["image", "load"], { input: piped.bytes });
    expect(loaded).toMatchObject({ exitCode: 0, stdout: "docker.io/library/saved:1\n" });
    expect(readFileSync(path).length).toBeGreaterThan(1_000_000);
  });

  test("cannot be loaded from nowhere, nor saved where they are not", async () => {
    expect(await call("image", "load", "-i", "/no")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("file does not exist"),
    });
    expect((await call("image", "save", "missing")).stderr).toMatch(/^Error: failed to save image\(s\)/);
    expect((await call("image", "save", "--platform=linux/amd64", BUSYBOX)).stderr).toBe(
      `Error: image docker.io/${BUSYBOX} has no content for platform linux/amd64; available platforms: linux/arm64\n`,
    );
  });

  test("are pushed to where they are pulled from", async () => {
    await ok("image", "tag", BUSYBOX, "ghcr.io/a/pushed:1");
    expect(await ok("image", "push", "--progress=none", "ghcr.io/a/pushed:1")).toBe("ghcr.io/a/pushed:1\n");
    await ok("image", "delete", "ghcr.io/a/pushed:1");
    await ok("image", "pull", "--progress=none", "ghcr.io/a/pushed:1");
  });

  test("are pruned with --all alone, but for those that containers have", async () => {
    await ok("image", "tag", BUSYBOX, "unused:1");
    await ok("create", "--name", "user", BUSYBOX, "true");
    expect((await call("image", "prune")).stdout).toBe("");
    const { stdout, stderr } = await call("image", "prune", "-a");
    expect(stdout).toContain("untagged docker.io/library/unused:1\ndeleted sha256:");
    expect(stderr).toMatch(/^Reclaimed .* in disk space\n$/);
    expect(await ok("image", "list", "-q")).toBe(`${BUSYBOX}\n`);
  });
});
