import { createSandbox } from "@nanoclaw/sandbox";
import { engine } from "./engine.js";

// #region events
await using sandbox = await createSandbox(engine, {
  onEvent(event) {
    if (event.type === "operation-end") {
      console.log(event.operation, event.error ?? "ok", event.durationMs > 0);
    } else if (event.type === "progress" || event.type === "warning") {
      console.error(event.message);
    }
  },
});
// #endregion
await sandbox.exec("exit 1");
await sandbox.files.read("/tmp/nothing").catch(() => undefined);
