import type { Command } from "../context.js";
import { printLine } from "../output/print.js";
import { startService, stopService } from "../service/life-cycle.js";
import { isServiceUp } from "../state/service-socket.js";

/** Until the system commands are there. */
export const run: Command = async (parsed, { home }) => {
  if (parsed.command === "system start") await startService(home, 60_000);
  if (parsed.command === "system stop") for (const id of (await stopService(home)) ?? []) printLine(id);
  if (parsed.command !== "system status") return 0;
  const isUp = await isServiceUp(home);
  const empty = {
    appRoot: "",
    installRoot: "",
    apiServerVersion: "",
    apiServerCommit: "",
    apiServerBuild: "",
  };
  printLine(
    JSON.stringify({
      ...empty,
      apiServerAppName: "",
      status: isUp ? "running" : "unregistered",
      appRoot: home,
    }),
  );
  return isUp ? 0 : 1;
};
