import { dockerOfRun } from "@nanoclaw/test-engines";
import { describe, expect, it } from "vitest";

const { dockerHost, reason } = dockerOfRun();

// A run of its own, started by engine-of-run.test.ts.
describe.skipIf(dockerHost === undefined)(
  `with Docker${reason === undefined ? "" : ` (skipped: ${reason})`}`,
  () => {
    it("has an engine", () => expect(dockerHost).toMatch(/^unix:\/\//));
  },
);
