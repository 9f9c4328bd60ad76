import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { installContainer } from "@nanoclaw/emulator-apple-container";
import { installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "./policy-installation.js";

const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const docker = dockerOfRun();
const noGuests = whyNoGuests();

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as its users get it, in an environment that has nothing but what is said. */
async function nanoclawSandbox(
  place: TestInstallation,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: "/usr/bin:/bin", ...place.environment, ...env },
    cwd: place.installation.root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, stdout, stderr };
}

test.skipIf(docker.reason !== undefined)(
  `explain tells decision, layers, attempts and engines${docker.reason ? ` (${docker.reason})` : ""}`,
  async () => {
    using place = testInstallation();
    place.policy({
      groups: { team: { runtime: "docker" } },
      runtimes: { docker: { host: docker.dockerHost } },
    });
    const source = place.groupFile("team", { containerConfig: { runtime: "local" } });
    const { exitCode, stdout, stderr } = await nanoclawSandbox(place, ["explain", "team"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^team runs in docker \(container isolation\)\.\n/);
    expect(stdout).toContain(`! ${source} asks for local, a weaker wall. The group stays in docker.`);
    expect(stdout).toMatch(/^policy +docker +chosen/m);
    expect(stdout).toMatch(/^group-file +local +refused +It asks for a weaker wall than docker/m);
    expect(stdout).toMatch(/^environment +- +silent/m);
    expect(stdout).toContain(`policy: ${place.policyPath}, groups/team`);
    expect(stdout).toMatch(/^network +open: the engine's bridge: the internet/m);
    expect(stdout).toMatch(/^docker +\d+\.\d+\S* +there/m);
    expect(stdout).toMatch(/^container +- +not there +container is a program for macOS/m);

    const json = await nanoclawSandbox(place, [
      "explain",
      "team",
      "--registered",
      '{"runtime":"none"}',
      "--json",
    ]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      chosen: "docker",
      decision: {
        folder: "team",
        runtime: "docker",
        attempts: [{ asked: "none" }, { asked: "local", source }],
      },
      engines: [
        { runtime: "tart" },
        { runtime: "container" },
        { runtime: "docker", available: true },
        { runtime: "local" },
      ],
    });
  },
);

test("explain tells why a group does not run, and what to do", async () => {
  using place = testInstallation();
  place.policy({ groups: { finance: { runtime: "tart", sensitive: true } } });
  const { exitCode, stdout } = await nanoclawSandbox(place, ["explain", "finance"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^finance does not run: .*runs in tart, which is not there/);
  expect(stdout).toMatch(/^→ .*doctor/m);
  expect(stdout).toMatch(/^fallback +denied/m);
  expect(stdout).toContain(`! There is no group there: ${place.installation.groupsDirectory}/finance.`);
});

test("what is wrong with settings, policy or command line is told by name, with its own exit code", async () => {
  using place = testInstallation();
  place.dotenv("CONTAINER_RUNTIME=vibe\n");
  const settings = await nanoclawSandbox(place, ["explain", "team"]);
  expect(settings).toMatchObject({ exitCode: 1, stdout: "" });
  expect(settings.stderr).toMatch(
    /CONTAINER_RUNTIME is "vibe", in .*\.env\.\n {2}Write one of local, docker, container, tart/,
  );
  place.dotenv("");
  place.policy({ groups: { team: { runtme: "tart" } } });
  const policy = await nanoclawSandbox(place, ["doctor", "--json"]);
  expect(policy.exitCode).toBe(1);
  expect(JSON.stringify(JSON.parse(policy.stdout))).toContain(
    'groups/team: the key \\"runtme\\" is not known',
  );
  for (const words of [
    ["explain"],
    ["explain", "team", "--registered", "tart"],
    ["recommend", "tea"],
    ["brew"],
  ]) {
    expect(await nanoclawSandbox(place, words)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringMatching(/^nanoclaw-sandbox: /),
    });
  }
});

test.skipIf(noGuests !== undefined)(
  "F10: doctor wants the base image by its exact name where groups run in Tart",
  async () => {
    using place = testInstallation();
    await using emulator = await installEmulator();
    await emulator.image({ name: "tart_nanoclaw_base_old", os: "linux" });
    place.dotenv("CONTAINER_RUNTIME=tart\n");
    const { TART_HOME, PATH } = emulator.environment;
    const missing = await nanoclawSandbox(place, ["doctor"], { TART_HOME, PATH });
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout).toMatch(
      /^base image tart_nanoclaw_base\n {2}! Tart has no machine that is called exactly/m,
    );
    expect(missing.stdout).toContain("→ Make it: nanoclaw-sandbox prepare --engine tart.");
    expect(missing.stdout).toContain("CONTAINER_RUNTIME is set in ");
    await emulator.image({ name: "tart_nanoclaw_base", os: "linux" });
    const there = await nanoclawSandbox(place, ["doctor"], { TART_HOME, PATH });
    expect(there.stdout).toMatch(/^tart\n {2}ready: .*vm isolation\n {2}named by settings or policy$/m);
    expect(there.stdout).toMatch(
      /^base image tart_nanoclaw_base\n {2}It is there\.\n {2}Nothing is known of what is in it/m,
    );
    expect(there.exitCode).toBe(0);
  },
);

test.skipIf(noGuests !== undefined)(
  "explain finds what is there in NanoClaw's own order, and remembers it",
  async () => {
    using place = testInstallation();
    await using tart = await installEmulator();
    await using container = await installContainer();
    const env = {
      TART_HOME: tart.home,
      CONTAINER_EMULATOR_HOME: container.home,
      PATH: [container.bin, tart.bin, dirname(process.execPath), "/usr/bin:/bin"].join(":"),
      DOCKER_HOST: "unix:///nonexistent.sock",
    };
    const explain = async (env: NodeJS.ProcessEnv) =>
      (await nanoclawSandbox(place, ["explain", "team"], env)).stdout;
    const first = await explain(env);
    expect(first).toMatch(/^team runs in tart /);
    expect(first).toMatch(/^policy +- +silent +There is no policy file\.$/m);
    expect(first).toMatch(/^detected +tart +chosen +.*container \(The service of container is not running/m);
    const { stderr } = await nanoclawSandbox(place, ["explain", "team"], { DOCKER_HOST: env.DOCKER_HOST });
    expect(stderr).toMatch(
      /Groups of this installation ran in tart so far, and no engine as strong is there\./,
    );
  },
);

test("doctor in another directory than NanoClaw's says so, and --root leads back", async () => {
  using place = testInstallation();
  const root = place.installation.root;
  const { exitCode, stdout } = await nanoclawSandbox(place, ["--root", place.directory, "doctor"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^installation .*\n.*\n {2}! There is no directory .*\n {4}→ .*--root\.$/m);
  const back = await nanoclawSandbox(place, ["--root", root, "doctor", "--json"]);
  const { sections } = JSON.parse(back.stdout) as { sections: { title: string; problems: unknown[] }[] };
  expect(sections.find(({ title }) => title === `installation ${root}`)?.problems).toEqual([]);
});

test("recommend says which, why, and what to write", async () => {
  using place = testInstallation();
  const { exitCode, stdout } = await nanoclawSandbox(place, ["recommend", "compliance-audit"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^1\. +tart +vm isolation\n/);
  expect(stdout).toContain("! Snapshots for an audit are not there yet");
  expect(stdout).toContain('"runtime": "tart"');
  const json = await nanoclawSandbox(place, ["recommend", "--latency", "--sensitive", "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    runtimes: ["container"],
    entry: { minimumIsolation: "vm" },
  });
});
