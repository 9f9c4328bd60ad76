import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { startCode } from "./starter.js";

const programs = { setsid: "/usr/bin/setsid", script: "/usr/bin/script" };

/** Evaluates the code as the guest's shell does, with the descriptors that it closes. */
function evaluate(code: string): string {
  return execFileSync("/bin/sh", ["-c", 'exec 6>/dev/null 7</dev/null; eval "$1"', "sh", code], {
    encoding: "utf8",
  });
}

test("passes arguments and environment on exactly as they are", () => {
  const hostile = "a'b\"c $(echo x) `echo y` \\n\n\n; echo z";
  const code = startCode({ argv: ["printf", "%s|%s|", hostile, ""], env: {} }, programs);
  expect(evaluate(code)).toBe(`${hostile}||`);
  const environment = startCode({ argv: ["printenv", "VALUE"], env: { VALUE: hostile } }, programs);
  expect(evaluate(environment)).toBe(`${hostile}\n`);
});

test("begins in the directory that is asked for, whatever its name", () => {
  const code = startCode({ argv: ["pwd"], cwd: "/usr/../usr" }, programs);
  expect(evaluate(code)).toBe("/usr\n");
  expect(() => evaluate(startCode({ argv: ["pwd"], cwd: "/no'such" }, programs))).toThrow(
    expect.objectContaining({ status: 126 }),
  );
});

test("exits with 127 when there is no such program", () => {
  expect(() => evaluate(startCode({ argv: ["no-such-program"] }, programs))).toThrow(
    expect.objectContaining({ status: 127 }),
  );
});

test("gives each process a session of its own", () => {
  const code = startCode(
    { argv: ["sh", "-c", "read -r _ _ _ _ _ session _ </proc/self/stat; echo $$ $session"] },
    programs,
  );
  const [pid, session] = evaluate(code).trim().split(" ");
  expect(session).toBe(pid);
});
