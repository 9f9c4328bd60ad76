import { expect, test } from "vitest";
import { readEngineOptions } from "./engine-options.js";
import { readLabels } from "./labels.js";
import { UsageError } from "./usage-error.js";

test("reads JSON where it is JSON and text elsewhere", () => {
  const words = [
    "host=unix:///run/x.sock",
    "init=false",
    "defaultPidCount=100",
    'capAdd=["NET_RAW"]',
    'a="1"',
  ];
  expect(readEngineOptions(words)).toEqual({
    host: "unix:///run/x.sock",
    init: false,
    defaultPidCount: 100,
    capAdd: ["NET_RAW"],
    a: "1",
  });
  expect(readEngineOptions()).toBeUndefined();
});

test("keeps __proto__ from meaning anything", () => {
  expect(Object.getPrototypeOf(readEngineOptions(["__proto__=[]"]))).toBe(Object.prototype);
});

test.each(["host", "=x", ""])("refuses the engine option %j", (word) => {
  expect(() => readEngineOptions([word])).toThrow(UsageError);
});

test("a label without a value is empty", () => {
  expect(readLabels(["a=b=c", "d"])).toEqual({ a: "b=c", d: "" });
  expect(() => readLabels(["=b"])).toThrow(UsageError);
});
