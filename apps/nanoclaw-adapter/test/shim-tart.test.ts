import { once } from "node:events";
import { join } from "node:path";
import { processesContaining } from "@nanoclaw/test-engines";
import { expect, test } from "vitest";
import { callDocker, startDocker } from "./hosts/docker-call.js";
import { testEngines, whyNoEngines } from "./hosts/engines.js";
import { agentImage, openDirectory, testInstallation } from "./hosts/installation.js";
import { buildPrograms } from "./hosts/programs.js";

const reason = whyNoEngines(["tart"]);

test.skipIf(reason !== undefined)(
  `F12: a machine of the shim's has no window, and its run is refused or ended as in a container${reason === undefined ? "" : ` (${reason})`}`,
  { timeout: 120_000 },
  async () => {
    const programs = await buildPrograms();
    await using engines = await testEngines(["tart"]);
    using installation = testInstallation(programs.docker, {
      groups: { group: { runtime: "tart" } },
      engines: engines.settings,
    });
    const group = openDirectory(join(installation.root, "groups", "group"));
    const claude = openDirectory(join(installation.root, "claude"));
    const words = (number: number, ...rest: string[]) => [
      ...["run", "-i", "--rm", "--name", `nanoclaw-group-${number}`],
      ...["-v", `${group}:/workspace/group`, "-v", `${claude}:/home/node/.claude`, ...rest],
    ];

    // Nothing is made for what Tart cannot do, or nobody has told it.
    const noEntrypoint = await callDocker(installation, words(1, agentImage));
    expect(noEntrypoint).toMatchObject({ exitCode: 125, stderr: expect.stringContaining('"entrypoint"') });
    const hiding = await callDocker(
      installation,
      words(2, "-v", `/dev/null:/workspace/group/.env:ro`, "--entrypoint", "true", agentImage),
    );
    expect(hiding).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("cannot hide") });
    const limited = await callDocker(
      installation,
      words(3, "--pids-limit", "64", "--entrypoint", "true", agentImage),
    );
    expect(limited).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("pidCount") });
    expect(await engines.leftovers()).toEqual([]);

    const script = `echo "$PROXY $HOME"; touch "$HOME/of-agent" /workspace/group/seen; cat; exit 7`;
    const proxy = ["-e", "PROXY=http://host.docker.internal:3001"];
    const child = startDocker(
      installation,
      words(4, ...proxy, "--entrypoint", "sh", agentImage, "-c", script),
    );
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += String(text);
    });
    const first = await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => [stderr])]);
    expect(String(first[0])).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:3001 \/home\/node\n$/);
    const program = engines.settings.tart?.program ?? "";
    const machines = processesContaining(program).filter(({ command }) => command.includes(" run "));
    expect(machines.length).toBeGreaterThan(0);
    for (const { command } of machines) expect(command).toContain("--no-graphics");
    child.stdin.end();
    expect((await once(child, "close"))[0]).toBe(7);
    expect(await engines.leftovers()).toEqual([]);
  },
);
