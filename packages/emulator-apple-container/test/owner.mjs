// Installs an emulator and starts a container in it as somebody who is not root, says where it is, and waits to be killed.
import { execFileSync } from "node:child_process";
import { installContainer } from "../dist/index.js";

const emulator = await installContainer();
await emulator.image({ name: "busybox" });
const call = (...argv) =>
  execFileSync(emulator.program, argv, { env: emulator.environment, stdio: "ignore" });
call("system", "start", "--enable-kernel-install");
call("run", "-d", "--user", "1000", "--name", "left", "nanoclaw-test/busybox:1", "sleep", "1000");
call("exec", "-d", "left", "sleep", "1000");
process.stdout.write(`${emulator.home}\n`);
setInterval(() => undefined, 60_000);
