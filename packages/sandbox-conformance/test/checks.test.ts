import { expect, test } from "vitest";
import { checks } from "../src/checks/index.js";
import { faults } from "./faults/index.js";
import { withoutFault } from "./without-fault.js";

test("every check is known to fail, or why it cannot is told", () => {
  const caught = new Set(faults.flatMap(({ caughtBy }) => caughtBy));
  const never = checks.map(({ id }) => id).filter((id) => !caught.has(id));
  expect(never.sort()).toEqual(Object.keys(withoutFault).sort());
});

test("check ids are unique, begin with a guarantee and name it", () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, guarantee } of checks) expect(id).toMatch(new RegExp(`^${guarantee}\\.[a-z0-9-]+$`));
});
