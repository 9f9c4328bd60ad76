import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseResult } from "../../parse-result.js";
import { resultOf, seriesOf } from "../result-of.js";
import { questionsOf } from "./questions.js";

test("a question is shown as it was put then, not as this version puts it", () => {
  const result = {
    ...resultOf([seriesOf("sandbox", "destroy", "time", [1])]),
    scenarios: [{ id: "destroy", question: "How was it then?" }],
  };
  expect(questionsOf(result).map(({ text }) => text)).toEqual(["How was it then?"]);
});

test("a result without its questions is shown with today's", () => {
  const older = recorded("recorded-run.json");
  expect(older.scenarios).toBeUndefined();
  expect(textsOf(older)["next-command"]).toBe(
    "How long does a further command take in a sandbox that is there?",
  );
});

test("a run has the question of every scenario, and what the harness adds comes last", () => {
  const result = recorded("short-run.json");
  const asked = new Map(result.scenarios?.map(({ id, question }) => [id, question]));
  expect(textsOf(result)).toEqual(Object.fromEntries(asked));
  expect(questionsOf(result).at(-1)?.scenario).toBe("empty");
});

function recorded(file: string) {
  const folder = file.startsWith("short") ? "test/page" : "test";
  return parseResult(readFileSync(new URL(`../../../${folder}/${file}`, import.meta.url), "utf8"));
}

function textsOf(result: Parameters<typeof questionsOf>[0]) {
  return Object.fromEntries(questionsOf(result).map(({ scenario, text }) => [scenario, text]));
}
