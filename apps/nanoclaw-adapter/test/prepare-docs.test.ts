import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import schema from "../base-image-recipe.schema.json" with { type: "json" };
import { parsePolicy } from "../src/policy/policy-file.js";
import { labels } from "../src/prepare/built-images.js";
import { planFor } from "../src/prepare/plan.js";
import { checkRecipe } from "../src/prepare/recipe.js";
import { createProgram } from "../src/program.js";

const page = readFileSync(
  fileURLToPath(new URL("../../../docs/nanoclaw/base-image.md", import.meta.url)),
  "utf8",
);

test("recipe and policy of the page are such", async () => {
  const examples = [...page.matchAll(/^```json (recipe|policy)\n(.*?)^```$/gms)];
  expect(examples.map(([, kind]) => kind)).toEqual(["policy", "recipe"]);
  for (const [, kind, text = ""] of examples) {
    if (kind === "policy") expect(await parsePolicy("the page", text)).toEqual(JSON.parse(text));
    else
      expect(planFor(checkRecipe(JSON.parse(text), "It"), "docker", { claude: "1.0.0" }).steps).toHaveLength(
        2,
      );
  }
});

test("the page has every option, every key of the schema and every label", () => {
  const { step, container } = schema.$defs;
  const keys = [schema, step, container].flatMap(({ properties }) => Object.keys(properties));
  const prepare = createProgram().commands.find((command) => command.name() === "prepare");
  const options = prepare?.options.map(({ long }) => long ?? "") ?? [];
  expect(options.length).toBeGreaterThan(5);
  const told = [...keys.filter((key) => key !== "$schema"), ...options, ...Object.values(labels)];
  expect(told.filter((word) => !new RegExp(`\`${word}[\` ]`).test(page))).toEqual([]);
});
