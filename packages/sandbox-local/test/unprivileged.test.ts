import { describe, test } from "vitest";
import { isolation } from "./isolation.suite.js";
import { lifecycle } from "./lifecycle.suite.js";
import { mounts } from "./mounts.suite.js";
import { processes } from "./processes.suite.js";

/** The user without rights that every system has. */
const nobody = 65_534;

// This file has a process to itself, so it can give up root's rights for good.
const root = process.getuid?.() === 0;
if (root) {
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}

describe("run by a user without privileges", () => {
  if (root) {
    isolation();
    lifecycle();
    mounts();
    processes();
  } else test.skip("root runs these tests as a user without privileges; here all of them are run so");
});
