import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newestVersions } from "./newest-version.js";
import type { RecipeStep } from "./recipe.js";

const answers: Readonly<Record<string, string>> = {
  "/tool/latest": '{"version":"1.2.3","info":{"a/b":"2.0.0-rc.1"}}',
  "/range": '{"version":"^1.2"}',
  "/text": "no JSON",
};
let asked: string[] = [];
const server = createServer(({ url = "" }, response) => {
  asked.push(url);
  const answer = answers[url];
  response.writeHead(answer === undefined ? 404 : 200).end(answer);
});
let registry = "";
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const { signal } = new AbortController();
const step = (path: string, pointer: string): RecipeStep => ({
  ...{ name: "tool", version: "latest", run: "true", verify: [["tool"]] },
  latest: { url: `${registry}${path}`, pointer },
});

test("the newest version is what the registry tells, and asked for only where it is not known", async () => {
  const pinned: RecipeStep = { name: "pinned", version: "1.0", run: "true", verify: [["x"]] };
  expect(await newestVersions([pinned, step("/tool/latest", "/version")], {}, signal)).toEqual({
    tool: "1.2.3",
  });
  expect(await newestVersions([step("/tool/latest", "/info/a~1b")], {}, signal)).toEqual({
    tool: "2.0.0-rc.1",
  });
  asked = [];
  expect(await newestVersions([step("/tool/latest", "/version")], { tool: "1.0.0" }, signal)).toEqual({
    tool: "1.0.0",
  });
  expect(asked).toEqual([]);
});

test.each([
  ["/tool/latest", "/no/such", "has no version at /no/such"],
  ["/range", "/version", "has no version at /version"],
  ["/text", "/version", "told no JSON"],
  ["/missing", "/version", "answered with 404"],
])("S12: %s with %s is no version", async (path, pointer, why) => {
  await expect(newestVersions([step(path, pointer)], {}, signal)).rejects.toThrow(why);
});
