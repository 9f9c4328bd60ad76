import { describe, expect, test } from "vitest";
import { Installation, withoutProgress } from "./cli.js";
import { engines } from "./engines.js";

const [local, docker] = engines;
const noDocker = { DOCKER_HOST: "unix:///nonexistent/engine.sock" };
const busybox = ["--image", "nanoclaw-test/busybox:1"];

describe.skipIf(local?.reason !== undefined)(
  `without an engine by name${local?.reason ? ` (${local.reason})` : ""}`,
  () => {
    test("takes what is there, and says which and why with --verbose", async () => {
      await using installation = new Installation(noDocker);
      const { stdout, stderr } = await installation.run(["run", "--verbose", "--", "echo", "hi"]);
      expect(stdout).toBe("hi\n");
      expect(withoutProgress(stderr)).toBe(
        "Engine: local, the strongest that is there (process isolation). Not usable: docker. Another: --engine.\n",
      );
    });

    test("refuses what is weaker than --require-isolation, with each engine's reason", async () => {
      await using installation = new Installation(noDocker);
      const { exitCode, stderr } = await installation.run([
        "run",
        "--require-isolation",
        "container",
        "true",
      ]);
      expect(exitCode).toBe(125);
      expect(stderr).toContain("No engine with at least container isolation is there.");
      expect(stderr).toContain("local: It gives process isolation.");
    });

    test("takes the engine of SANDBOX_ENGINE, and --engine over it", async () => {
      await using installation = new Installation({ ...noDocker, SANDBOX_ENGINE: "local" });
      const { stdout, stderr } = await installation.run(["run", "--verbose", "--", "echo", "hi"]);
      expect(stdout).toBe("hi\n");
      expect(withoutProgress(stderr)).toBe("");
      const other = await installation.run(["run", "--engine", "docker", "--", "echo", "hi"]);
      expect(other.exitCode).toBe(125);
      expect(other.stderr).toContain("/nonexistent/engine.sock");
    });
  },
);

describe.skipIf(docker?.reason !== undefined)(
  `with a container engine${docker?.reason ? ` (${docker.reason})` : ""}`,
  () => {
    test("prefers the stronger wall", async () => {
      await using installation = new Installation(docker?.env);
      const { stdout, stderr } = await installation.run(["run", ...busybox, "--verbose", "--", "echo", "hi"]);
      expect(stdout).toBe("hi\n");
      expect(stderr).toContain("Engine: docker, the strongest that is there (container isolation).");
    });

    test("finds a sandbox on whichever engine it is", async () => {
      await using installation = new Installation(docker?.env);
      const id = (await installation.run(["create", ...busybox])).stdout.trim();
      expect((await installation.run(["exec", id, "echo", "found"])).stdout).toBe("found\n");
      expect((await installation.run(["ls", "-q"])).stdout).toBe(`${id}\n`);
      expect((await installation.run(["rm", id])).stdout).toBe(`${id}\n`);
    });
  },
);
