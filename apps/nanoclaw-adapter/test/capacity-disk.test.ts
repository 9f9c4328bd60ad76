import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CapacityBench } from "./capacity-installation.js";

const worker = fileURLToPath(new URL("programs/capacity-worker.mjs", import.meta.url));
const namespace = ["--user", "--map-root-user", "--mount"];
const reason =
  spawnSync("unshare", [...namespace, "true"]).status === 0
    ? undefined
    : "needs Linux with user namespaces, and unshare from util-linux";

/** What a run says whose state is on a disk of its own that this prepares. */
function runOn(bench: CapacityBench, prepare: string) {
  const { root, stateDirectory: state } = bench.installation();
  const run = { need: { folder: "chat", runtime: "local" } };
  const options = JSON.stringify({ root, state, limits: {}, runs: [run], log: `${bench.directory}/log` });
  // Its log is the one file of the directory that stays what it is.
  const script = `set -e
    mkdir -p "$1/one" "$1/capacity"
    ${prepare}
    exec "$2" "$3" "$4"`;
  const words = ["sh", "-c", script, "sh", bench.directory, process.execPath, worker, options];
  const { status, stderr } = spawnSync("unshare", [...namespace, ...words], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return bench.lines;
}

describe.skipIf(reason !== undefined)(`places on a bad disk${reason ? ` (${reason})` : ""}`, () => {
  test("a directory of the queue that is read-only is told with what to do", () => {
    using bench = new CapacityBench();
    const [line] = runOn(bench, 'mount -t tmpfs -o ro none "$1/capacity"');
    expect(line).toMatchObject({ refused: "chat", code: "permission_denied" });
    expect(line?.message).toContain(`${bench.shared}/`);
    expect(line?.message).toContain("cannot be used");
  });

  test("a state directory of the installation that is read-only is told before anything runs", () => {
    using bench = new CapacityBench();
    const [line] = runOn(bench, 'mount -t tmpfs -o ro none "$1/one"');
    expect(line).toMatchObject({ refused: "chat", code: "permission_denied" });
    expect(line?.message).toContain(bench.installation().stateDirectory);
  });

  test("a full disk is told as that", () => {
    using bench = new CapacityBench();
    const [line] = runOn(
      bench,
      'mount -t tmpfs -o size=64k none "$1/capacity"; head -c 100000 /dev/zero > "$1/capacity/filler" 2>/dev/null || true',
    );
    expect(line).toMatchObject({ refused: "chat", code: "resource_exhausted" });
    expect(line?.message).toContain("has no space left (ENOSPC)");
  });
});
