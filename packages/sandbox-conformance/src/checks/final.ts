import assert from "node:assert/strict";
import { inspect } from "node:util";
import { defineChecks } from "../check.js";
import { becomesNothing } from "../expect.js";

/** Looked at when everything else is over. */
export const finalChecks = defineChecks([
  {
    id: "G9.no-unhandled-rejection",
    guarantee: "G9",
    title: "after the whole run: no promise was rejected without anybody hearing of it",
    async run({ run }) {
      assert.deepEqual(
        run.unhandled.map((reason) => inspect(reason, { depth: 4 })),
        [],
      );
    },
  },
  {
    id: "G4.nothing-left",
    guarantee: "G4",
    title: "after the whole run: the engine and the host hold nothing of ours",
    async run({ run, target }) {
      await run.dropShared();
      const left = (await run.sandboxes()).map(({ id, state, name }) => `${id} ${name ?? ""} (${state})`);
      assert.deepEqual(left, [], "the engine still knows sandboxes of this run");
      const { leftovers } = target;
      if (!leftovers) return;
      const before = new Set(run.leftoversBefore);
      await becomesNothing("what the host has left", 2_000, async () =>
        (await leftovers()).filter((line) => !before.has(line)),
      );
    },
  },
]);
