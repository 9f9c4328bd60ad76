import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

const here = mkdtempSync(join(tmpdir(), "example-files-"));
writeFileSync(join(here, "input.txt"), "some input\n");

await using sandbox = await createSandbox(engine, { network: "none" });

// #region files
await sandbox.files.write("/tmp/new/run.sh", "wc -c\n", { mode: 0o755 }); // makes the directories
const source = await sandbox.files.readText("/tmp/new/run.sh");
const { size, mode } = await sandbox.files.stat("/tmp/new/run.sh");
const names = (await sandbox.files.list("/tmp/new")).map(({ name }) => name);
console.log([source, size, mode.toString(8), names]); // [ 'wc -c\n', 6, '755', [ 'run.sh' ] ]
await sandbox.files.remove("/tmp/new", { recursive: true });
console.log(await sandbox.files.exists("/tmp/new")); // false
// #endregion

// #region streams
await sandbox.files.write("/tmp/input.txt", createReadStream(join(here, "input.txt"))); // memory stays flat
await pipeline(await sandbox.files.readStream("/tmp/input.txt"), process.stdout, { end: false });
// #endregion

// #region trees
await sandbox.files.upload(here, "/tmp/project"); // a file or a whole directory
await sandbox.exec("wc -c < input.txt > size.txt", { cwd: "/tmp/project", check: true });
await sandbox.files.download("/tmp/project/size.txt", join(here, "size.txt"));
// #endregion

console.log(readFileSync(join(here, "size.txt"), "utf8").trim());
rmSync(here, { recursive: true });
