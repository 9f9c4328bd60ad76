import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const project = mkdtempSync(join(tmpdir(), "example-mount-"));
const results = mkdtempSync(join(tmpdir(), "example-results-"));
writeFileSync(join(project, "data.csv"), "1,2\n3,4\n");

// #region mounts
await using sandbox = await createSandbox(engine, {
  network: "none",
  mounts: [
    { source: project, target: "/work/project" }, // read-only unless said
    { source: results, target: "/work/results", readOnly: false },
  ],
});
const { exitCode, stderr } = await sandbox.exec("echo 5,6 >> /work/project/data.csv");
console.log(exitCode !== 0, stderr.includes("Read-only file system")); // true true
// #endregion

await sandbox.exec("id -u > /work/results/uid");
console.log(/^\d+$/.test(readFileSync(join(results, "uid"), "utf8").trim()));
rmSync(project, { recursive: true });
rmSync(results, { recursive: true });
