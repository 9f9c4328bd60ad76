import { SandboxError } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import { describeFailure } from "./failure.js";

const refused = Object.assign(new Error("connect ECONNREFUSED /run/x.sock"), { code: "ECONNREFUSED" });
const failure = new SandboxError("engine_unavailable", "No engine answers.", {
  cause: new Error("The ping failed.", { cause: refused }),
  operation: "create",
  sandboxId: "sandbox-1",
  hint: "Start it.",
});

test("tells what went wrong and what to do", () => {
  expect(describeFailure(failure, false)).toEqual(["sandbox: No engine answers.", "  Start it."]);
});

test("tells where and why with verbose, and no stack of what is nobody's bug", () => {
  expect(describeFailure(failure, true)).toEqual([
    "sandbox: No engine answers.",
    "  Start it.",
    "  code: engine_unavailable",
    "  operation: create",
    "  sandbox: sandbox-1",
    "  caused by: The ping failed.",
    "  caused by: connect ECONNREFUSED /run/x.sock",
  ]);
});

test("tells the stack of a bug, with verbose only", () => {
  const bug = new TypeError("x is not a function");
  expect(describeFailure(bug, false)).toEqual(["sandbox: x is not a function"]);
  expect(describeFailure(bug, true).join("\n")).toContain("failure.test.ts");
});

test("gives the first of several causes, and does not go in circles", () => {
  const circular = new Error("a");
  circular.cause = circular;
  expect(describeFailure(circular, true)[1]).toBe("  caused by: a");
  const several = new Error("both", { cause: new AggregateError([refused, new Error("other")], "two") });
  expect(describeFailure(several, true)).toContain("  caused by: connect ECONNREFUSED /run/x.sock");
});

test("lets nothing in a message steer the terminal", () => {
  const nasty = new SandboxError("file_failed", "\u001b]0;title\u0007\u001b[2Jgone");
  expect(describeFailure(nasty, false)).toEqual(["sandbox: gone"]);
});
