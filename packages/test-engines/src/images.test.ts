import { describe, expect, it } from "vitest";
import { inspect, runContainer, startContainer } from "../test/containers.js";
import { skipAloud } from "../test/skip-aloud.js";
import { askEngine } from "./engine/api.js";
import { dockerOfRun, podmanOfRun } from "./engine-of-run.js";
import { importImages, type TestImageName, testImages } from "./index.js";

const engines = [
  { kind: "docker", ...dockerOfRun() },
  { kind: "podman", ...podmanOfRun() },
];

for (const { kind, dockerHost, reason } of engines) {
  const socketPath = dockerHost?.replace("unix://", "") ?? "";
  const run = (image: TestImageName, ...command: string[]) => runContainer(socketPath, { image, command });

  describe(`test images on ${kind}`, { tags: kind === "podman" ? ["thorough"] : [] }, () => {
    skipAloud(reason);

    it.each([
      ["busybox", /\/busybox$/],
      ["dash", /\/dash$/],
      ["bash", /\/bash$/],
    ] as const)("%s has the shell of its name", async (image, shell) => {
      // The shell's own process, which a command without a shell's builtin would replace.
      const { stdout } = await run(image, "sh", "-c", 'exe=$(readlink /proc/$$/exe); echo "$exe"');
      expect(stdout.trim()).toMatch(shell);
    });

    it.each(["busybox", "dash", "bash"] as const)("%s has the programs that tests use", async (image) => {
      const programs =
        "awk cat find grep gzip head ps sed seq setsid sleep sort stat tar tr unshare wc which xargs";
      const { stdout, exitCode } = await run(
        image,
        "sh",
        "-c",
        `for p in ${programs}; do which $p || exit 1; done; id -un`,
      );
      expect(exitCode).toBe(0);
      expect(stdout.trim().split("\n")).toHaveLength(programs.split(" ").length + 1);
      expect(stdout).toMatch(/\nroot\n$/);
    });

    it("no-shell runs programs and has no shell", async () => {
      expect(await run("no-shell", "echo", "here")).toMatchObject({ stdout: "here\n", exitCode: 0 });
      for (const shell of ["sh", "ash", "/bin/sh", "busybox"]) {
        expect(await run("no-shell", shell, "-c", "echo here")).toMatchObject({
          stdout: "",
          exitCode: 127,
        });
      }
    });

    it("configured has a user, a place, an environment, an entry point, a volume and a health check", async () => {
      const { stdout, stderr } = await run(
        "configured",
        "sh",
        "-c",
        'id -u; id -un; pwd; echo "$HOME $GREETING"; touch file',
      );
      expect(stdout).toBe("1000\nagent\n/home/agent/work\n/home/agent hello from the image\n");
      expect(stderr).toBe("entry point\n");
      const id = await startContainer(socketPath, { image: "configured", command: ["sleep", "1000"] });
      const settings = await inspect(socketPath, `/containers/${id}/json`);
      await askEngine(socketPath, `/containers/${id}?force=true&v=true`, { method: "DELETE" });
      expect(settings).toMatchObject({
        Config: { Healthcheck: testImages.configured.config.Healthcheck },
        Mounts: [{ Type: "volume", Destination: "/data" }],
      });
    });

    it("node runs this Node.js", async () => {
      await importImages(socketPath, ["node"]);
      expect((await run("node", "node", "-p", "process.version")).stdout.trim()).toBe(process.version);
    });

    it("an image that was removed comes back by an import, and one that is there is left alone", async () => {
      const { reference } = testImages["no-shell"];
      await askEngine(socketPath, `/images/${reference}?force=true`, { method: "DELETE" });
      await expect(run("no-shell", "true")).rejects.toThrow(/no such image/i);
      await importImages(socketPath, ["no-shell", "busybox"]);
      const before = await inspect(socketPath, `/images/${reference}/json`);
      await importImages(socketPath, ["no-shell"]);
      expect(await inspect(socketPath, `/images/${reference}/json`)).toEqual(before);
      expect((await run("no-shell", "true")).exitCode).toBe(0);
    });
  });
}
