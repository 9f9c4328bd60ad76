import { createSandbox, loadProvider } from "@nanoclaw/sandbox";

// "local" is bubblewrap on Linux; "docker" is Docker, Podman, Colima or OrbStack.
const engine = await loadProvider(process.env.SANDBOX_ENGINE ?? "local");

await using sandbox = await createSandbox(engine, {
  image: process.env.SANDBOX_IMAGE, // where the engine has images
  network: "none",
});

await sandbox.files.write("/tmp/answer.sh", "read -r question; echo $(($question))\n");
const { exitCode, stdout } = await sandbox.exec(["sh", "/tmp/answer.sh"], {
  input: "6 * 7\n",
  timeoutMs: 5_000,
});
console.log(exitCode, stdout.trim()); // 0 42
