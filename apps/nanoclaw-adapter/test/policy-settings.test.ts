import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../src/settings/settings.js";
import { testInstallation } from "./policy-installation.js";

test("without a word every default is the brief's", async () => {
  using place = testInstallation();
  expect(await readSettings(place.installation, {})).toEqual({
    runtime: undefined,
    agent: "claude",
    containerImage: "nanoclaw-agent:latest",
    tart: { baseImage: "tart_nanoclaw_base", username: "admin", password: "admin", sshTimeoutMs: 60_000 },
    runMs: 1_800_000,
    idleMs: 1_800_000,
    bootMs: 300_000,
    queueMs: 600_000,
    maxOutputBytes: 10_485_760,
    maxConcurrent: 5,
    sources: {},
  });
});

test("the environment goes before .env, and an empty value is none", async () => {
  using place = testInstallation();
  place.dotenv(
    [
      "\uFEFF# as an editor of another system writes it\r",
      "CONTAINER_RUNTIME=tart\r",
      'TART_VM_PASSWORD="a # b"',
      "export TART_BASE_IMAGE='my base'",
      "this line is nothing",
      "IDLE_TIMEOUT = 4000 # four seconds",
      "CONTAINER_TIMEOUT=",
      "MAX_CONCURRENT_CONTAINERS=2",
    ].join("\n"),
  );
  const environment = { MAX_CONCURRENT_CONTAINERS: "7", TART_SSH_TIMEOUT: "", CONTAINER_QUEUE_TIMEOUT: "5" };
  const settings = await readSettings(place.installation, environment);
  expect(settings).toMatchObject({
    runtime: "tart",
    tart: { password: "a # b", baseImage: "my base", sshTimeoutMs: 60_000 },
    idleMs: 4_000,
    runMs: 1_800_000,
    maxConcurrent: 7,
    queueMs: 5,
  });
  expect(settings.sources.MAX_CONCURRENT_CONTAINERS).toBe("the environment");
  expect(settings.sources.IDLE_TIMEOUT).toBe(join(place.installation.root, ".env"));
});

test.each([
  ["CONTAINER_RUNTIME", "vibe", /one of local, docker, container, tart/],
  ["CONTAINER_RUNTIME", "none", /one of/],
  ["CONTAINER_RUNTIME", "Docker", /one of/],
  ["AGENT_RUNTIME", "gpt", /claude, codex, opencode, gemini, kimi/],
  ["CONTAINER_TIMEOUT", "30m", /whole milliseconds, such as 1800000/],
  ["IDLE_TIMEOUT", "-1", /whole milliseconds/],
  ["TART_SSH_TIMEOUT", "1e3", /whole milliseconds/],
  ["CONTAINER_BOOT_TIMEOUT", "99999999999", /whole milliseconds/],
  ["MAX_CONCURRENT_CONTAINERS", "0", /from 1 to 1000/],
  ["CONTAINER_IMAGE", "--privileged", /does not begin with "-"/],
  ["TART_VM_USERNAME", "-o", /does not begin with "-"/],
])("%s=%s is refused by name, with what to write", async (name, value, hint) => {
  using place = testInstallation();
  const refused = await readSettings(place.installation, { [name]: value }).catch((error) => error);
  expect(refused).toMatchObject({ code: "invalid_argument", hint: expect.stringMatching(hint) });
  expect(refused.message).toBe(`${name} is ${JSON.stringify(value)}, in the environment.`);
});

test("S11: settings are read and nothing is written to the process's environment", async () => {
  using place = testInstallation();
  place.dotenv("CONTAINER_RUNTIME=docker\nTART_BASE_IMAGE=other\nNEW_NAME=1\n");
  const before = { ...process.env };
  await readSettings(place.installation);
  expect(process.env).toEqual(before);
});

test("a .env that is no file stops everything, and does not block", async () => {
  using place = testInstallation();
  execFileSync("mkfifo", [join(place.installation.root, ".env")]);
  await expect(readSettings(place.installation, {})).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining("is no regular file"),
  });
});
