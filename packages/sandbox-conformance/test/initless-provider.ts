import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import { withDriver } from "./fault.js";

/** Sandboxes with processes of their own, whose first process only sleeps: as a container without an init. */
export function initlessProvider(base: SandboxProvider): SandboxProvider {
  return withDriver(base, async (driver) => {
    const outside = spawn("unshare", ["--pid", "--fork", "--kill-child", "sleep", "600"], {
      stdio: "ignore",
    });
    const children = `/proc/${outside.pid}/task/${outside.pid}/children`;
    let first = "";
    while (first === "") {
      await delay(5);
      first = readFileSync(children, "utf8").trim();
    }
    return {
      spawn: (spec, call) =>
        driver.spawn({ ...spec, argv: ["nsenter", "--target", first, "--pid", "--", ...spec.argv] }, call),
      destroy: async (call) => {
        outside.kill("SIGKILL");
        await driver.destroy(call);
      },
    };
  });
}
