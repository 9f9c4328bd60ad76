import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runContainer } from "../test/containers.js";
import { skipAloud } from "../test/skip-aloud.js";
import { tracerOf } from "../test/traces.js";
import { startOwnerProcess } from "./owner-process.js";
import { whyNoDocker, whyNoTestImages } from "./prerequisites.js";

const reason = whyNoDocker() ?? whyNoTestImages();
const cli = new URL("../dist/cli.js", import.meta.url);

describe("the program", () => {
  skipAloud(reason);

  it("gives an engine with images until it is interrupted, and leaves nothing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "engine-cli-"));
    try {
      const stateFile = join(directory, "docker-host");
      await using owner = startOwnerProcess(cli, {
        args: ["--images", "busybox", "--state-file", stateFile],
        env: { TMPDIR: directory },
      });
      const dockerHost = (await owner.line("DOCKER_HOST=")).replace("DOCKER_HOST=", "");
      expect(readFileSync(stateFile, "utf8")).toBe(dockerHost);
      const socketPath = dockerHost.replace("unix://", "");
      expect((await runContainer(socketPath, { command: ["echo", "hi"] })).stdout).toBe("hi\n");
      const traces = tracerOf(dirname(socketPath));
      process.kill(owner.pid, "SIGINT");
      expect(await owner.ended).toEqual({ exitCode: 0, signal: null });
      expect(traces()).toEqual([]);
      expect(() => readFileSync(stateFile)).toThrow("ENOENT");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("refuses an image that it does not know before it starts anything", async () => {
    await using owner = startOwnerProcess(cli, { args: ["--images", "windows"] });
    expect((await owner.ended).exitCode).not.toBe(0);
    expect(owner.output()).toContain('No image "windows"; there are busybox,');
  });
});
