import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { contenderFactories } from "./index.js";
import { loadPlugIn } from "./plug-in.js";

const directory = mkdtempSync(join(tmpdir(), "bench-plug-in-"));
afterAll(() => rmSync(directory, { recursive: true }));

const whole = 'id: "mine", title: "Mine", role: "baseline", serves: () => true, open: async () => ({})';

test("a module's default export becomes a contender", async () => {
  const { factory, file } = await loadPlugIn(moduleOf("good", `export default { ${whole} };`));
  expect([factory.id, file]).toEqual(["mine", join(directory, "good.mjs")]);
  expect(contenderFactories([{ factory, file }]).map(({ id }) => id)).toContain("mine");
});

test.each([
  ["nothing", "export const other = 1;", "no contender"],
  ["no-id", `export default { ${whole.replace('"mine"', "1")} };`, '"id" of the contender is no string'],
  [
    "no-open",
    `export default { ${whole.replace("open", "opens")} };`,
    '"open" of the contender is no function',
  ],
  ["a-sandbox", `export default { ${whole.replace("baseline", "sandbox")} };`, 'is not "baseline"'],
])("%s is refused with what is wrong", async (name, text, message) => {
  await expect(loadPlugIn(moduleOf(name, text))).rejects.toThrow(message);
});

test("a file that is not there is named", async () => {
  await expect(loadPlugIn(join(directory, "missing.mjs"))).rejects.toThrow("missing.mjs");
});

test("an id that is taken is refused", async () => {
  const text = `export default { ${whole.replace("mine", "bwrap")} };`;
  const plugIn = await loadPlugIn(moduleOf("taken", text));
  expect(() => contenderFactories([plugIn])).toThrow("bwrap");
});

function moduleOf(name: string, text: string): string {
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}
