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

/** What the user's rights bear on. With `CHECKS=all` all checks. */
const filter =
  process.env.CHECKS === "all"
    ? undefined
    : [
        ...[
          "G1.files",
          "G1.open-files",
          "G1.processes",
          "G1.network",
          "G1.side-by-side",
          "G1.user",
          "G2.failed",
        ],
        ...[
          "G2.aborted",
          "G3.exit",
          "G3.killed",
          "G4",
          "G5.timeout",
          "G5.kill",
          "G5.zombies",
          "G5.fork-bomb",
        ],
        ...["G6.exit-codes", "G6.lost", "G6.files-told", "G6.everything-killed", "G6.out-of-memory"],
        ...[
          "G7.every-byte",
          "G7.files-list",
          "G7.files-write-over",
          "G7.transfer-tree",
          "G8.mount-read-only",
          "G8.network-none",
        ],
        ...["G9.no-unhandled-rejection", "G10.foreign-remove", "G10.foreign-list", "G11", "G12.mount-names"],
      ];

conformance(
  "local, run by a user without privileges",
  localTarget(),
  root
    ? { filter }
    : { skip: "these tests are not run by root, so all of them are run by a user without privileges" },
);
