import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@nanoclaw/sandbox-conformance/vitest";
import { afterAll } from "vitest";
import { localTarget } from "./conformance-target.js";
import { becomeNobody } from "./nobody.js";

const root = becomeNobody();

// Core keeps the installation's id in the user's home, and this user has none.
const home = mkdtempSync(join(tmpdir(), "sandbox-local-nobody-"));
process.env.HOME = home;
process.env.XDG_STATE_HOME = home;
afterAll(() => rmSync(home, { recursive: true }));

conformance(
  "local, run by a user without privileges",
  localTarget(),
  root
    ? {}
    : { skip: "these tests are not run by root, so all of them are run by a user without privileges" },
);
