import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import schema from "../sandbox-policy.schema.json" with { type: "json" };
import { networkMeaning } from "../src/engines/network-meaning.js";
import { parsePolicy } from "../src/policy/policy-file.js";
import { recommend, scenarios } from "../src/policy/recommendation.js";
import { runtimes } from "../src/runtime.js";
import { variables } from "../src/settings/variables.js";

const page = readFileSync(
  fileURLToPath(new URL("../../../docs/nanoclaw/policy.md", import.meta.url)),
  "utf8",
);

test("the page has every variable with its default", () => {
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (?:`(.+?)`|what is there) \|/gm)];
  const told = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
  const meant = Object.entries(variables).map(([name, { byDefault }]) => [name, byDefault?.toString()]);
  expect(told).toEqual(Object.fromEntries(meant));
});

test("the policy of the page is one", async () => {
  const examples = [...page.matchAll(/^```json policy\n(.*?)^```$/gms)];
  expect(examples).toHaveLength(1);
  for (const [, text = ""] of examples) expect(await parsePolicy("the page", text)).toEqual(JSON.parse(text));
});

test("the page has every key of the schema, and every runtime with what its open network is", () => {
  const { said, group, tart, container, docker, local } = schema.$defs;
  const keys = [said, group, tart, container, docker, local].flatMap(({ properties }) =>
    Object.keys(properties),
  );
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  for (const runtime of runtimes) {
    expect(page).toMatch(
      new RegExp(`^\\| \`${runtime}\` \\|.*\\| ${networkMeaning[runtime].open} \\|$`, "m"),
    );
  }
});

test("the page recommends what the program does", () => {
  for (const [scenario, traits] of Object.entries(scenarios)) {
    expect(page).toContain(`| \`${scenario}\` | ${recommend(traits).runtimes.join(", ")} |`);
  }
});
