import { describe, test } from "vitest";
import { isolation } from "./isolation.suite.js";
import { lifecycle } from "./lifecycle.suite.js";
import { mounts } from "./mounts.suite.js";
import { becomeNobody } from "./nobody.js";
import { processes } from "./processes.suite.js";

const root = becomeNobody();

describe("run by a user without privileges", () => {
  if (root) {
    isolation();
    lifecycle();
    mounts();
    processes();
  } else test.skip("these tests are not run by root, so all of them are run by a user without privileges");
});
