import { randomBytes } from "node:crypto";
import type { CallContext, CreateRequest, OutputChunk, RawProcess } from "@nanoclaw/sandbox/adapter";
import { dockerOfRun, podmanOfRun } from "@nanoclaw/test-engines";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { DockerOptions } from "../src/index.js";
import { settingsFrom } from "../src/options.js";
import { DockerProvider } from "../src/provider.js";

/** What the tests of this run have made carries this, and nothing else does. */
export const installation = `test-${randomBytes(6).toString("hex")}`;

export const busybox = "nanoclaw-test/busybox:1";

/** A main process that gives back what it reads, and ends with its input. */
export const echo: readonly string[] = ["/bin/sh", "-c", "cat"];

/** A call that may take as long as the whole test. */
export const context: CallContext = { signal: new AbortController().signal, emit: () => undefined };

export function request(overrides: Partial<CreateRequest> = {}): CreateRequest {
  return {
    id: `test-${randomBytes(6).toString("hex")}`,
    image: busybox,
    env: {},
    labels: {},
    mounts: [],
    limits: {},
    network: "none",
    ports: [],
    lifetime: "owner",
    owner: { installation, pid: process.pid, startedAt: "1", host: "test" },
    mainCommand: echo,
    ...overrides,
  };
}

type Tests = (
  provide: (options?: DockerOptions) => DockerProvider,
  engine: "docker" | "podman",
  dockerHost: string,
) => void;

/** Runs the tests on Docker and on Podman, and leaves neither with anything of theirs. */
export function onEachEngine(name: string, tests: Tests): void {
  onEngines(name, tests, []);
}

/** Runs the tests on Docker, and with `CHECKS=all` on Podman: what both do alike, as Podman's conformance says. */
export function onDocker(name: string, tests: Tests): void {
  onEngines(name, tests, ["thorough"]);
}

function onEngines(name: string, tests: Tests, tagsOfPodman: "thorough"[]): void {
  for (const [kind, { dockerHost, reason }] of [
    ["docker", dockerOfRun()],
    ["podman", podmanOfRun()],
  ] as const) {
    const tags = kind === "podman" ? tagsOfPodman : [];
    describe.skipIf(reason !== undefined)(`${name} on ${kind}`, { tags }, () => {
      const provide = (options: DockerOptions = {}) =>
        new DockerProvider(settingsFrom({ host: dockerHost, ...options }));
      afterEach(async () => {
        const provider = provide();
        for (const { id } of await provider.list(installation, context)) {
          await provider.remove(id, installation, context);
        }
      });
      afterAll(async () => {
        expect(await provide().list(installation, context)).toEqual([]);
      });
      tests(provide, kind, dockerHost ?? "");
      if (reason !== undefined) it.skip(reason);
    });
  }
}

/** All that a process wrote until its end. */
export async function readAll(process: RawProcess): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  for await (const { stream, data } of process.output) text[stream] += Buffer.from(data).toString();
  return text;
}

/** Reads until this text has come, and leaves the rest for later. */
export async function readUntil(output: AsyncIterator<OutputChunk>, wanted: string): Promise<string> {
  let text = "";
  while (!text.includes(wanted)) {
    const { done, value } = await output.next();
    if (done) throw new Error(`It ended with: ${text}`);
    text += Buffer.from(value.data).toString();
  }
  return text;
}
