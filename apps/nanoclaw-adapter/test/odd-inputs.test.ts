import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { local } from "@nanoclaw/sandbox-local";
import { describe, expect, test } from "vitest";
import { mixedDriver, type SessionSpec } from "../src/driver.js";
import { installationAt, runGroupAgent } from "../src/index.js";
import { parseCall } from "../src/shim/flags.js";
import { messageOf } from "../src/shim/messages.js";
import { Refusal } from "../src/shim/refusal.js";
import { type RunCall, runRequest } from "../src/shim/run-request.js";
import { testEngines } from "./driver-engines.js";
import { makeInstallation } from "./driver-installation.js";
import { oddWords } from "./odd-words.js";
import { answer, runner, turnHost } from "./turn-host.js";

const longestSentence = 700;
const odd = Object.entries(oddWords);

/** A refusal that a person can read in a log of one line each, and a terminal is not steered by. */
function expectClear(text: string): void {
  expect(text.length).toBeGreaterThan(20);
  expect(text.length).toBeLessThan(longestSentence);
  expect(stripVTControlCharacters(text)).toBe(text);
  expect(text).not.toMatch(/[\0\r]|\ntouch/);
}

describe("S6: the executable docker", () => {
  const installation = installationAt({ root: "/there/is/no/project" });
  const refusalOf = async (...words: string[]): Promise<string> => {
    try {
      await runRequest(parseCall(["run", "-i", "--rm", ...words]) as RunCall, installation);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      return messageOf(error).trimEnd();
    }
    throw new Error("It was taken.");
  };
  const group = (folder: string) => `${installation.groupsDirectory}/${folder}:/workspace/group`;

  test.each(odd)("refuses a folder of %s", async (_, word) => {
    expectClear(await refusalOf("--name", "nanoclaw-family-1", "-v", group(word), "image"));
  });

  test.each(odd)("refuses a name of %s", async (_, word) => {
    expectClear(await refusalOf(`--name=nanoclaw-family-1${word}/`, "-v", group("family"), "image"));
    if (word !== "") expectClear(await refusalOf("--name", word, "-v", group("family"), "image"));
  });

  const notOfImages = odd.filter(([name]) => !["a slash", "more than fits"].includes(name));
  test.each(notOfImages)("refuses an image of %s", async (_, word) => {
    const words = ["--name", "nanoclaw-family-1", "-v", group("family"), "--", word];
    const refusal = await refusalOf(...words);
    expectClear(refusal);
    expect(refusal).toContain("is no image");
  });
});

describe("S6: the driver", () => {
  const verdictOn = async (change: (spec: SessionSpec) => void) => {
    await using nanoclaw = makeInstallation();
    const driver = mixedDriver({ host: nanoclaw.host([]) })(nanoclaw.policy);
    const spec = nanoclaw.spec();
    change(spec);
    return await driver.prepare(spec).then(
      () => "taken",
      ({ kind, message }: { kind: string; message: string }) => {
        expectClear(message);
        return kind;
      },
    );
  };
  const places: Readonly<Record<string, (spec: SessionSpec, word: string) => void>> = {
    "a session id": (spec, word) => void Object.assign(spec.key, { sessionId: word }),
    "a group's id": (spec, word) => void Object.assign(spec.key, { agentGroupId: word }),
    "an installation": (spec, word) => void Object.assign(spec.key, { installSlug: word }),
    "a folder": (spec, word) => void Object.assign(spec.labels, { "nanoclaw-group-folder": word }),
  };
  test.each(Object.entries(places))("refuses %s of any of them", async (_, change) => {
    for (const [name, word] of odd) {
      expect([name, await verdictOn((spec) => change(spec, word))]).toEqual([name, "spec-invalid"]);
    }
  });
});

describe("S6: a turn", () => {
  test.each(odd)("refuses a folder and a session id of %s", async (_, word) => {
    using t = turnHost(local(), { runtime: "local" });
    const messageOfTurn = async (more: Record<string, unknown>, folder = "family") =>
      await runGroupAgent(t.host, { folder }, t.input(more)).then(
        () => "taken",
        (error: { code: string; message: string; hint: string }) => {
          expect(error.code).toBe("invalid_argument");
          return `${error.message} ${error.hint}`;
        },
      );
    expectClear(await messageOfTurn({ sessionId: word }));
    expectClear(await messageOfTurn({ groupFolder: word }));
    expectClear(await messageOfTurn({ groupFolder: word }, word));
    expect(readdirSync(t.host.installation.root)).toEqual([]);
  });

  test("takes everything else as it is: prompt, chat, names of the guest's files", async () => {
    using t = turnHost(local(), { runtime: "local" });
    const words = odd.map(([, word]) => word).filter((word) => !word.includes("\0"));
    const all = words.join(" | ");
    const group = join(t.host.installation.groupsDirectory, "family");
    mkdirSync(group, { recursive: true });
    const names = words.filter((word) => word !== "" && !/[/]|^\.+$/.test(word) && word.length < 200);
    for (const name of names) writeFileSync(join(group, name), name);
    const input = t.input({ prompt: all, chatJid: all, assistantName: all });
    const { status } = await runGroupAgent(t.host, t.group, input, {
      mode: runner(
        `cat >input.json; for each in ./*; do cat "$each" >/dev/null || exit 9; done; ${answer("ok")}`,
      ),
    });
    expect(status).toBe("success");
    expect(JSON.parse(readFileSync(join(group, "input.json"), "utf8"))).toMatchObject(input);
    expect(readdirSync(group).sort()).toEqual([...names, "input.json"].sort());
  });
});

test("S6: a session takes variables, words and places in its guest as they are", async () => {
  await using engine = await testEngines.local.start();
  await using nanoclaw = makeInstallation();
  const driver = mixedDriver({ host: nanoclaw.host([engine]), runtimes: ["local"] })(nanoclaw.policy);
  const words = Object.values(oddWords).filter((word) => !word.includes("\0"));
  const script =
    'cd /workspace; printf "%s\\0" "$@" >words; printf %s "$ODD" >env; cat "$PLACE/agent.sh" >seen';
  const place = `/app/it's $(touch pwned) "冷" --x`;
  const spec = nanoclaw.spec({ script });
  const [agent] = spec.containers;
  agent?.args?.push("sh", ...words);
  Object.assign(agent?.env ?? {}, { ODD: words.join("|"), PLACE: place });
  const source = agent?.mounts.at(-1);
  if (source) agent?.mounts.push({ ...source, containerPath: place });
  const handle = await driver.prepare(spec);
  await handle.start();
  await expect.poll(() => handle.status(), { timeout: 10_000, interval: 10 }).toEqual({ phase: "stopped" });
  const file = (name: string) =>
    readFileSync(join(nanoclaw.installation.dataDirectory, "v2-sessions/g1/s1", name), "utf8");
  expect(file("words")).toBe(words.map((word) => `${word}\0`).join(""));
  expect(file("env")).toBe(words.join("|"));
  expect(file("seen")).toBe("echo the runner\n");
  expect(existsSync(join(nanoclaw.installation.root, "pwned"))).toBe(false);
  expect(existsSync("pwned")).toBe(false);
});
