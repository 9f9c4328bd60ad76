import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ContainerCli, findContainer } from "../src/engine.js";

/** Programs in the place of `container`, which need no containers. */

let directory: string;
const path = process.env.PATH;
const { signal } = new AbortController();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "container-engine-"));
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true });
});

function program(script: string, name = "container"): string {
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test("the program is looked up in PATH, and what may not be run is none", () => {
  mkdirSync(join(directory, "first"));
  writeFileSync(join(directory, "first", "container"), "no program");
  const file = program("");
  process.env.PATH = `${join(directory, "first")}:${directory}`;
  expect(findContainer()).toBe(file);
  expect(findContainer(file)).toBe(file);
  expect(findContainer(join(directory, "nosuch"))).toBeUndefined();
});

test("what the user has set for his own calls does not reach it", async () => {
  process.env.CONTAINER_DEFAULT_PLATFORM = "linux/amd64";
  process.env.CONTAINER_DEBUG = "1";
  try {
    const cli = new ContainerCli(program('echo "$CONTAINER_DEFAULT_PLATFORM$CONTAINER_DEBUG"'));
    expect(await cli.call(["list"], { signal })).toBe("\n");
  } finally {
    delete process.env.CONTAINER_DEFAULT_PLATFORM;
    delete process.env.CONTAINER_DEBUG;
  }
});

test("a call that is aborted ends at once, with the signal's reason", async () => {
  const cli = new ContainerCli(program("exec sleep 1000"));
  const controller = new AbortController();
  const call = cli.call(["list"], { signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

test("a call without an answer is ended at its deadline, also after the garbage was collected", async () => {
  const cli = new ContainerCli(program("exec sleep 1000"));
  // Work for the collector meanwhile, which once took the deadline with it.
  const litter = setInterval(() => Array.from({ length: 100_000 }, () => ({})), 5);
  try {
    await expect(cli.call(["list"], { signal, timeoutMs: 1_500 })).rejects.toMatchObject({
      code: "engine_unavailable",
      message: "container list gave no answer for 1500 ms.",
    });
  } finally {
    clearInterval(litter);
  }
});

test("a read for which the service is too busy is made again", async () => {
  const count = join(directory, "count");
  const busy = "Error: XPC timeout for request to com.apple.container.apiserver/containerList";
  const cli = new ContainerCli(
    program(
      `echo x >>'${count}'; [ $(wc -l <'${count}') -gt 2 ] && echo '[]' && exit; echo '${busy}' >&2; exit 1`,
    ),
  );
  expect(await cli.list(signal)).toEqual([]);
});

test("one that stays too busy is an engine that is not available", async () => {
  const cli = new ContainerCli(
    program("echo 'Error: XPC timeout for request to a/containerList' >&2; exit 1"),
  );
  await expect(cli.list(signal)).rejects.toMatchObject({ code: "engine_unavailable", retryable: true });
});
