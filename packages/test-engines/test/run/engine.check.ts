import { dockerOfRun } from "@nanoclaw/test-engines";
import { describe, expect, it } from "vitest";
import { skipAloud } from "../skip-aloud.js";

const { dockerHost, reason } = dockerOfRun();

// A run of its own, started by engine-of-run.test.ts.
describe("with Docker", () => {
  skipAloud(reason);
  it("has an engine", () => expect(dockerHost).toMatch(/^unix:\/\//));
});
