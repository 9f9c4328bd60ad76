import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

// #region secrets
await using sandbox = await createSandbox(engine, {
  env: { REGION: "north" }, // the engine may record it
  secrets: { API_KEY: process.env.API_KEY ?? "an example" }, // the engine has no record of it
});
const { stdout } = await sandbox.exec('echo "$REGION, a key of $(printf %s "$API_KEY" | wc -c) characters"');
// #endregion
console.log(stdout.trim());
