// A first program, run in the empty project of the rehearsal with what was published.
import { createSandbox, probeEngine, SandboxError } from "@nanoclaw/sandbox";
import { docker } from "@nanoclaw/sandbox-docker";

const provider = docker();
const image = process.env.REHEARSAL_IMAGE;
const report = await probeEngine(provider, { timeoutMs: 20_000 });

if (report.available && image) {
  const sandbox = await createSandbox(provider, { image, network: "none" });
  try {
    const { stdout, exitCode } = await sandbox.exec(["echo", "from a sandbox"]);
    if (exitCode !== 0 || stdout !== "from a sandbox\n") throw new Error(`${exitCode}: ${stdout}`);
    console.log(`   ran a command on Docker ${report.version}: ${stdout.trim()}`);
  } finally {
    await sandbox.destroy();
  }
} else if (report.available) {
  console.log(`   found ${report.endpoint} (${report.version}); no image is named, so nothing was run`);
} else {
  if (report.problems.length === 0)
    throw new Error("The engine is not there, and the report does not say why.");
  console.log(`   no engine here: ${report.problems[0].message}`);
  await createSandbox(provider).then(
    () => {
      throw new Error("It made a sandbox without an engine.");
    },
    (error) => {
      if (!SandboxError.is(error, "engine_unavailable")) throw error;
      console.log(`   createSandbox refuses with ${error.code}: ${error.hint}`);
    },
  );
}
