import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callDocker } from "./hosts/docker-call.js";
import { agentImage, type TestInstallation, testInstallation } from "./hosts/installation.js";

/** As it is published: the only file in a directory for PATH. */
const published = fileURLToPath(new URL("../dist/shim/docker", import.meta.url));

describe("the executable named docker, without any engine", () => {
  let installation: TestInstallation;
  beforeAll(() => {
    installation = testInstallation(published, { groups: {}, engines: {} });
    for (const folder of ["family", "work_1", "other"]) mkdirSync(join(installation.root, "groups", folder));
    symlinkSync("other", join(installation.root, "groups", "link"));
    symlinkSync("/etc/passwd", join(installation.root, "groups", "family", "left"));
    symlinkSync("/etc", join(installation.root, "data", "left"));
  });
  afterAll(() => installation[Symbol.dispose]());

  const call = (...argv: string[]) => callDocker(installation, argv);

  test("`nanoclaw-sandbox shim` prints its directory, which has nothing else in it", () => {
    const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
    const printed = execFileSync(process.execPath, [cli, "shim"], { encoding: "utf8" });
    expect(printed).toBe(`${dirname(published)}\n`);
    expect(readdirSync(dirname(published))).toEqual(["docker"]);
  });

  test("says what it is, and lists nothing where nothing runs", async () => {
    expect(await call("--version")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("nanoclaw-sandbox"),
    });
    expect(await call("ps", "--filter", "name=nanoclaw-", "--format", "{{.Names}}")).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
  });

  describe("S6: what does not name a group's own directory by that group's name is refused, and nothing is made", () => {
    const group = (source: string, name = "nanoclaw-family-1", ...flags: string[]) => [
      ...["run", "-i", "--rm", "--name", name, "-v", `${source}:/workspace/group`, ...flags, agentImage],
    ];
    const cases: readonly (readonly [string, (root: string) => string[]])[] = [
      ["no mount of a group", () => ["run", "--rm", "--name", "nanoclaw-family-1", agentImage]],
      [
        "two mounts of groups",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${root}/groups/other:/workspace/agent`),
      ],
      ["a directory beside groups/", (root) => group(`${root}/data`)],
      ["a directory deeper in groups/", (root) => group(`${root}/groups/family/sub`)],
      ["a way out of groups/", (root) => group(`${root}/groups/../data`)],
      ["groups/ itself", (root) => group(`${root}/groups`)],
      ["another installation's group", () => group("/elsewhere/groups/family")],
      ["a relative directory", () => group("groups/family")],
      ["global", (root) => group(`${root}/groups/Global`, "nanoclaw-Global-1")],
      ["a folder that runs code in a shell", (root) => group(`${root}/groups/$(touch pwned)`)],
      ["a folder with a quote", (root) => group(`${root}/groups/a'b`)],
      ["a folder with a line end", (root) => group(`${root}/groups/a\nb`)],
      ["a folder of 65 characters", (root) => group(`${root}/groups/${"a".repeat(65)}`)],
      ["a link to another group", (root) => group(`${root}/groups/link`, "nanoclaw-link-1")],
      ["a folder that is not there", (root) => group(`${root}/groups/absent`, "nanoclaw-absent-1")],
      ["another group's name", (root) => group(`${root}/groups/family`, "nanoclaw-other-1")],
      ["a longer group's name", (root) => group(`${root}/groups/family`, "nanoclaw-family-2-1")],
      ["the other line's name", (root) => group(`${root}/groups/family`, "nanoclaw-v2-family-1")],
      ["a name that is none", (root) => group(`${root}/groups/family`, "nanoclaw-family-1; touch pwned")],
      [
        "another installation's label",
        (root) => group(`${root}/groups/family`, undefined, "--label", "nanoclaw-install=00000000"),
      ],
      ["a volume of Docker's", (root) => group(`${root}/groups/family`, undefined, "-v", "volume:/data")],
      ["a variable without a name", (root) => group(`${root}/groups/family`, undefined, "-e", "=x")],
      ["a variable's name that is none", (root) => group(`${root}/groups/family`, undefined, "-e", "A-B=x")],
      ["a network of Docker's", (root) => group(`${root}/groups/family`, undefined, "--network", "lockdown")],
      ["a memory of nothing", (root) => group(`${root}/groups/family`, undefined, "--memory", "0")],
      [
        "weaker hardening",
        (root) => group(`${root}/groups/family`, undefined, "--security-opt", "seccomp=unconfined"),
      ],
      [
        "a link that a group has left, mounted again",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${root}/groups/family/left:/extra:ro`),
      ],
      [
        "a place reached by a link in data/",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${root}/data/left/passwd:/extra:ro`),
      ],
      [
        "what decides on walls, for writing",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${root}/.env:/extra`),
      ],
      [
        "what holds it, for writing",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${root}:/extra`),
      ],
      [
        "the policy's directory, for writing",
        (root) => group(`${root}/groups/family`, undefined, "-v", `${dirname(root)}/config:/extra`),
      ],
      ["a run that would stay", (root) => group(`${root}/groups/family`).filter((word) => word !== "--rm")],
    ];
    // Each is a process: at once they take the time of a few.
    test("all of them", async () => {
      const outcomes = await Promise.all(
        cases.map(async ([what, words]) => ({ what, ...(await call(...words(installation.root))) })),
      );
      for (const { what, exitCode, stdout, stderr } of outcomes) {
        expect({ what, exitCode, stdout }).toEqual({ what, exitCode: 125, stdout: "" });
        expect(stderr, what).toMatch(/^docker \(nanoclaw-sandbox\): docker run: /);
      }
      expect(existsSync(join(installation.root, "pwned"))).toBe(false);
      expect(existsSync(installation.stateHome)).toBe(false);
    });
  });

  test("networks of Docker's are refused, and none is there to be inspected", async () => {
    expect((await call("network", "create", "--internal", "lockdown")).exitCode).toBe(125);
    expect((await call("network", "inspect", "lockdown")).exitCode).toBe(1);
  });

  test("docker build is passed on, word for word, to Docker's own program further back in PATH", async () => {
    const own = join(dirname(installation.root), "own");
    mkdirSync(own);
    const program = join(own, "docker");
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n', { mode: 0o755 });
    const words = ["build", "-t", "image:group", "-f", "$(touch pwned)", "a b", "."];
    const node = dirname(process.execPath);
    const env = { PATH: [installation.bin, own, node, "/usr/bin", "/bin"].join(delimiter) };
    const built = await callDocker(installation, words, { env });
    expect(built.stderr).toBe("");
    expect(built).toMatchObject({ exitCode: 3, stdout: `${words.join("\n")}\n` });
    // A script that calls us again.
    writeFileSync(program, `#!/bin/sh\nexec "${installation.bin}/docker" "$@"\n`);
    const round = await callDocker(installation, words, { env });
    expect(round).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining("leads back to this program"),
    });
  });
});
