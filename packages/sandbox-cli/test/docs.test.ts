import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cliPath, Installation } from "./cli.js";
import { engines } from "./engines.js";
import { noTerminal, onTerminal } from "./terminal.js";

interface Example {
  readonly title: string;
  /** `docker`: on a container engine. `terminal`: by somebody who types `exit`. */
  readonly kind: string;
  readonly script: string;
}

const pages = ["../README.md", "../../../docs/cli.md"];
const [local, docker] = engines;

function examplesOf(page: string): Example[] {
  const text = readFileSync(fileURLToPath(new URL(page, import.meta.url)), "utf8");
  return [...text.matchAll(/^```sh ?(\w*)\n(.*?)^```$/gms)].map(([, kind = "", script = ""], index) => ({
    title: `${page.replace(/^.*\//, "")} ${index + 1}: ${script.split("\n")[0]}`,
    kind,
    // Tests have no image from a registry.
    script: script.replaceAll("--image debian", "--image nanoclaw-test/dash:1"),
  }));
}

/** A place with our program on the PATH and the files that the examples mention. */
function prepare(installation: Installation): NodeJS.ProcessEnv {
  const programs = join(installation.directory, "programs");
  mkdirSync(programs);
  const program = join(programs, "sandbox");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(installation.directory, "settings.env"), "SIZE=large\n");
  return { PATH: `${programs}:${process.env.PATH}` };
}

describe.each(pages)("the examples of %s", (page) => {
  for (const { title, kind, script } of examplesOf(page)) {
    const engine = kind === "docker" ? docker : local;
    const reason = engine?.reason ?? (kind === "terminal" ? noTerminal : undefined);
    test.skipIf(reason !== undefined)(
      `${title}${reason ? ` (${reason})` : ""}`,
      async () => {
        await using installation = new Installation({ ...engine?.env, SANDBOX_ENGINE: engine?.name });
        const env = prepare(installation);
        const running =
          kind === "terminal"
            ? onTerminal(installation, script, env)
            : installation.startProgram("bash", ["-eu", "-c", script], { env });
        if (kind === "terminal") running.child.stdin.write("exit\n");
        const { exitCode, stderr, stdout } = await running.ended;
        const left = (await installation.run(["ls", "-q"])).stdout.split("\n").filter((id) => id !== "");
        if (left.length > 0) await installation.run(["rm", ...left]);
        expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
      },
      60_000,
    );
  }
});
