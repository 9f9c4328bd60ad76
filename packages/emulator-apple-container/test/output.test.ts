import { expect, test } from "vitest";
import { compactJson, prettyJson } from "../src/output/json.js";
import { textTable } from "../src/output/text-table.js";
import { toml } from "../src/output/toml.js";
import { yaml } from "../src/output/yaml.js";
import { settingsOf } from "../src/state/settings.js";

const value = [
  { b: "a/b", a: { list: [1, 2], none: [], empty: {}, absent: undefined }, on: true, d: [{ x: "z" }] },
];
const settings = settingsOf({});

test("JSON has sorted keys, no absent ones, and escaped slashes", () => {
  expect(compactJson(value, settings)).toBe(
    '[{"a":{"empty":{},"list":[1,2],"none":[]},"b":"a\\/b","d":[{"x":"z"}],"on":true}]',
  );
  expect(compactJson([{ hard: 2 ** 64 }], settings)).toBe('[{"hard":18446744073709551615}]');
  expect(JSON.parse(prettyJson(value, settings))).toEqual(JSON.parse(JSON.stringify(value)));
  expect(prettyJson([{ a: [1], b: {} }], settings)).toBe(
    '[\n  {\n    "a" : [\n      1\n    ],\n    "b" : {\n\n    }\n  }\n]',
  );
});

test("YAML has blocks, and quotes what could be something else", () => {
  const lines = [
    ...["- a:", "    empty: {}", "    list:", "    - 1", "    - 2", "    none: []"],
    ...["  b: a/b", "  d:", "  - x: z", '  "on": true'],
  ];
  expect(yaml(value)).toBe(lines.join("\n"));
  expect(yaml({ a: "true", b: "1.0", c: "x: y", d: "" })).toBe('a: "true"\nb: "1.0"\nc: "x: y"\nd: ""');
  expect(yaml([])).toBe("[]");
});

test("TOML has its list under items, and plain values before tables", () => {
  const lines = [
    ...["[[items]]", 'b = "a/b"', "on = true", "", "[items.a]", "list = [ 1, 2 ]", "none = []"],
    ...["", "[items.a.empty]", "", "[[items.d]]", 'x = "z"'],
  ];
  expect(toml(value)).toBe(lines.join("\n"));
  expect(toml({ "a b": { "c/d": 1 } })).toBe('["a b"]\n"c/d" = 1');
});

test("tables have columns two blanks apart", () => {
  expect(
    textTable([
      ["ID", "LONG NAME", "X"],
      ["value", "v", ""],
    ]),
  ).toBe("ID     LONG NAME  X\nvalue  v          ");
});
