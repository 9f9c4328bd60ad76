import { describe, expect, it } from "vitest";
import { parseCall } from "./flags.js";
import { Refusal } from "./refusal.js";

describe("every call of NanoClaw's is understood", () => {
  it.each([
    [["info"], { command: "info" }],
    [
      ["ps", "--filter", "name=nanoclaw-", "--format", "{{.Names}}"],
      { command: "ps", flags: { filter: ["name=nanoclaw-"], format: "{{.Names}}" } },
    ],
    [["stop", "nanoclaw-a-1"], { command: "stop", flags: {}, names: ["nanoclaw-a-1"] }],
    [
      ["stop", "-t", "1", "nanoclaw-v2-a-1"],
      { command: "stop", flags: { time: "1" }, names: ["nanoclaw-v2-a-1"] },
    ],
    [["build", "-t", "x:y", "-f", "Dockerfile", "."], { command: "build" }],
    [["image", "inspect", "x:y"], { command: "image inspect", flags: {}, names: ["x:y"] }],
    [["network", "inspect", "lockdown"], { command: "network inspect", names: ["lockdown"] }],
    [["network", "create", "--internal", "lockdown"], { command: "network create" }],
    [["network", "connect", "lockdown", "gateway"], { command: "network connect" }],
  ])("%j", (argv, call) => {
    expect(parseCall(argv)).toEqual(call);
  });

  it("the run of 1.2.0, whose command line ends with the image", () => {
    const mounts = ["-v", "/p/groups/a:/workspace/group", "-v", "/p/groups/global:/workspace/global:ro"];
    const argv = [
      "run",
      "-i",
      "--rm",
      "--name",
      "nanoclaw-a-1",
      "-e",
      "TZ=UTC",
      "--user",
      "501:20",
      ...mounts,
      "image:latest",
    ];
    expect(parseCall(argv)).toEqual({
      command: "run",
      flags: {
        interactive: true,
        rm: true,
        name: "nanoclaw-a-1",
        env: ["TZ=UTC"],
        user: "501:20",
        volume: ["/p/groups/a:/workspace/group", "/p/groups/global:/workspace/global:ro"],
      },
      image: "image:latest",
      words: [],
    });
  });

  it("the run of 2.1.54, whose command has flags of its own", () => {
    const limits = ["--cpus", "2", "--memory", "2g", "--pids-limit", "512", "--shm-size=1g"];
    const hardening = ["--cap-drop=ALL", "--security-opt", "no-new-privileges", "--init"];
    const argv = [
      "run",
      "--rm",
      "--name",
      "n",
      "--label",
      "a=b",
      ...limits,
      ...hardening,
      "--entrypoint",
      "bash",
      "image",
    ];
    const words = ["-c", "exec bun run /app/src/index.ts", "--privileged"];
    expect(parseCall([...argv, ...words])).toMatchObject({
      flags: {
        cpus: "2",
        memory: "2g",
        "pids-limit": "512",
        "shm-size": "1g",
        "cap-drop": ["ALL"],
        init: true,
      },
      image: "image",
      words,
    });
  });
});

describe("what is not known is refused with 125, and never ignored", () => {
  it.each([
    [["run", "--privileged", "image"], /unknown flag: --privileged$/],
    [["run", "-it", "image"], /unknown flag: -t$/],
    [["run", "--gpus=all", "image"], /unknown flag: --gpus$/],
    [["run", "-d", "image"], /unknown flag: -d$/],
    [["run", "--rm=false", "image"], /--rm/],
    [["run", "--rm"], /no image/],
    [["run", "image", "--name"], undefined],
    [["ps", "-a"], /unknown flag: -a$/],
    [["ps", "extra"], /no words/],
    [["stop"], /no name/],
    [["stop", "--signal", "INT", "x"], /unknown flag: --signal$/],
    [["pull", "image"], /docker pull is nothing/],
    [["image", "prune"], /docker image prune is nothing/],
    [["\u001b[2J"], /docker \\u001b\[2J is nothing/],
    [[], /no command/],
  ])("%j", (argv, message) => {
    if (message === undefined) {
      expect(parseCall(argv)).toMatchObject({ image: "image", words: ["--name"] });
      return;
    }
    const refusal = refusalOf(argv);
    expect(refusal.message).toMatch(message);
    expect(refusal.exitCode).toBe(125);
  });

  it("without repeating a value, which may be a secret", () => {
    for (const argv of [
      ["run", "--password=hunter2", "image"],
      ["run", "-zhunter2"],
      ["run", "--rm=hunter2", "image"],
    ]) {
      const { message, hint = "" } = refusalOf(argv);
      expect(message + hint).not.toContain("hunter2");
    }
  });
});

function refusalOf(argv: readonly string[]): Refusal {
  try {
    parseCall(argv);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`${argv.join(" ")} was accepted.`);
}
