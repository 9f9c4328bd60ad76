import { randomBytes } from "node:crypto";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { inspect, leaveBehind, removeContainer } from "./containers.js";

interface Report {
  readonly dryRun: boolean;
  readonly removed: readonly { readonly id: string; readonly orphaned: boolean }[];
}

const { dockerHost = "", reason } = dockerOfRun();

describe.skipIf(reason !== undefined)(`gc${reason ? ` (${reason})` : ""}`, () => {
  const id = () => `sandbox-${randomBytes(8).toString("hex")}`;

  test("shows what a dead owner left, removes it with --force, and touches nothing else", async () => {
    await using installation = new Installation({ DOCKER_HOST: dockerHost });
    const image = ["--image", "nanoclaw-test/busybox:1"];
    const living = (await installation.run(["create", "--engine", "docker", ...image])).stdout.trim();
    const [left, foreign] = [id(), id()];
    await leaveBehind(dockerHost, left, living);
    await leaveBehind(dockerHost, foreign, living, {
      "dev.nanoclaw.sandbox.installation": "another-installation",
    });
    try {
      const dry = await installation.run(["gc", "--engine", "docker"]);
      expect(dry.stdout).toContain(left);
      expect(dry.stdout).toContain("Nothing was removed");
      expect(dry.stdout).not.toContain(living);
      expect(await inspect(dockerHost, left)).toContain(left);

      const dryJson = await installation.json<Report>(["gc", "--engine", "docker", "--json"]);
      expect(dryJson).toMatchObject({ dryRun: true, removed: [{ id: left, orphaned: true }] });
      const report = await installation.json<Report>(["gc", "--engine", "docker", "--yes", "--json"]);
      expect(report.dryRun).toBe(false);
      expect(report.removed.map((each) => each.id)).toEqual([left]);
      await expect(inspect(dockerHost, left)).rejects.toThrow("404");
      expect(await inspect(dockerHost, foreign)).toContain(foreign);

      expect((await installation.run(["gc", "--engine", "docker"])).stdout).toBe(
        "Nothing was left behind.\n",
      );
      const listed = await installation.json<{ id: string }[]>(["ls", "--engine", "docker", "--json"]);
      expect(listed.map((each) => each.id)).toEqual([living]);
    } finally {
      await removeContainer(dockerHost, foreign);
      await installation.run(["rm", "--engine", "docker", living]);
    }
  });
});
