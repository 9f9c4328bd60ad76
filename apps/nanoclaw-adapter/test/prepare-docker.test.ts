import { randomBytes } from "node:crypto";
import { docker, type ImageWorkshop, imageWorkshop } from "@nanoclaw/sandbox-docker";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { labels } from "../src/prepare/built-images.js";
import { type Place, prepareInstallation, tool } from "./prepare-installation.js";

const { dockerHost, reason } = dockerOfRun();
const from = "nanoclaw-test/dash:1";
/** Two builds more. */
const every = process.env.CHECKS === "all";
const engines = { docker: { from, user: "daemon" } };

describe.skipIf(reason !== undefined)(`base images by Docker${reason ? ` (${reason})` : ""}`, () => {
  let place: Place;
  let workshop: ImageWorkshop;
  const image = `nanoclaw-test/base-${randomBytes(4).toString("hex")}:1`;

  beforeEach(async () => {
    workshop = await imageWorkshop(docker({ host: dockerHost }), new AbortController().signal);
    place = prepareInstallation("docker");
    place.policy({ runtimes: { docker: { host: dockerHost, image, pull: "always" } } });
  });
  afterEach(async () => {
    await place.discard();
    await workshop.untag(image);
    place[Symbol.dispose]();
  });

  test("F9, S12: each tool is found in a sandbox before the image gets its name, and the manifest tells what it said", async () => {
    place.recipe({
      engines,
      steps: [
        tool("first", "1.2.3", { run: [...tool("first").run, "echo '\"$(id)\" `id` \\' EOF"] }),
        { name: "shell", engines: ["docker"], run: "true", verify: [["sh", "-c", "id -un"]] },
        tool("elsewhere", "1.0", { engines: ["tart"] }),
      ],
    });
    const preview = await place.program(["--engine", "docker", "--recipe", place.recipePath, "--dry-run"])
      .ended;
    expect(preview).toMatchObject({ exitCode: 0, stderr: "" });
    expect(preview.stdout).toContain(`${image} in docker, made of ${from}: it is not there.`);
    expect(preview.stdout).toMatch(/^FROM nanoclaw-test\/dash:1\nUSER root\nRUN \[/m);
    expect(place.records()).toEqual([]);
    const { outcome, manifest } = await place.prepare();
    expect(outcome).toBe("prepared");
    expect(place.told).toContain("Step 1 of 2: first");
    const { id, labels: own } = (await workshop.find(image)) ?? {};
    const base = await workshop.find(from);
    expect(manifest).toMatchObject({
      ...{
        engine: "docker",
        image,
        identity: id,
        from: { name: from, digest: base?.id },
        versions: { first: "1.2.3" },
      },
      tools: [
        {
          step: "first",
          version: "1.2.3",
          command: ["/usr/local/bin/first", "--version"],
          output: "first 1.2.3",
        },
        { step: "shell", command: ["sh", "-c", "id -un"], output: "daemon" },
      ],
    });
    expect(own).toMatchObject({ [labels.recipe]: manifest.hash, [labels.tools]: '{"first":"1.2.3"}' });
    expect(place.records()).toEqual([expect.stringMatching(/^docker-.*\.manifest\.json$/)]);

    expect(await place.prepare({ update: true })).toEqual({ outcome: "current", manifest });
    expect(place.told).toEqual([]);

    place.recipe({ engines, steps: [tool("first"), tool("second")] });
    await expect(place.prepare()).rejects.toMatchObject({
      code: "already_exists",
      message: expect.stringContaining("the recipe has changed since"),
      hint: expect.stringContaining("--update"),
    });
    const updated = await place.prepare({ update: true });
    expect(updated.manifest.identity).not.toBe(id);
    expect(updated.manifest.tools.map(({ output }) => output)).toEqual(["first 1.2.3", "second 1.2.3"]);
  });

  test("F9: a step that fails or a tool that is another ends the call, no image gets the name, and the next goes on there", async () => {
    const first = tool("first", `1.${Date.now()}`);
    const second = (more: object) => tool("second", "2.0.0", more);
    place.recipe({ engines, steps: [first, second({ run: "echo no route >&2; exit 7" })] });
    const failed = await place.program(["--engine", "docker", "--recipe", place.recipePath]).ended;
    expect(failed).toMatchObject({ exitCode: 1, stdout: "" });
    expect(failed.stderr).toMatch(
      /nanoclaw-sandbox: The step second failed: it exited with 7\.\n( {2}\| .*\n)* {2}\| no route\n/,
    );
    expect(failed.stderr).toContain(`prepare --engine docker --image ${image} --discard`);

    place.recipe({ engines, steps: [first, second({ verify: [["echo", "second 2.0.01\n2.0.0-beta"]] })] });
    await expect(place.prepare()).rejects.toMatchObject({
      code: "invalid_argument",
    });
    place.recipe({ engines, steps: [first, second({ verify: [["echo", "second 2.0.01 2.0.0-beta"]] })] });
    await expect(place.prepare()).rejects.toMatchObject({
      code: "command_failed",
      message: expect.stringMatching(
        /step second failed: .* does not print 2\.0\.0\.\n {2}\| second 2\.0\.01/,
      ),
    });
    expect(place.told.join("\n")).not.toContain("| installing first");
    if (every) {
      const hidden = { run: [...tool("second").run, "chmod 700 /usr/local/bin/second"] };
      place.recipe({ engines, steps: [first, second(hidden)] });
      await expect(place.prepare()).rejects.toThrow(/second --version exited with 126/);
    }
    expect(await workshop.find(image)).toBeUndefined();
    expect(await place.discard()).toBe(true);
    expect(place.records()).toEqual([]);
  });

  test("an image that somebody else has made keeps its name, unless the user gives it up", async () => {
    place.recipe({ engines, steps: [tool("first")] });
    await workshop.tag(from, image);
    const before = await workshop.find(image);
    await expect(place.prepare()).rejects.toMatchObject({ code: "permission_denied" });
    expect(await workshop.find(image)).toEqual(before);
    if (every) expect(await place.prepare({ replace: true })).toMatchObject({ outcome: "prepared" });
  });
});
