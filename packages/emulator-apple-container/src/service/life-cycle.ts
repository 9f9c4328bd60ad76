import { setTimeout as delay } from "node:timers/promises";
import { isServiceUp } from "../state/service-socket.js";
import { ServiceConnection } from "./client.js";

export { startService } from "./launch.js";

const POLL_MS = 5;

/** Ends every container and then the service; tells the ids of what ran. Undefined where the service is down. */
export async function stopService(home: string): Promise<readonly string[] | undefined> {
  if (!(await isServiceUp(home))) return undefined;
  const service = await ServiceConnection.open(home, "system stop");
  const ended = await service.call("shutDown", {});
  while (await isServiceUp(home)) await delay(POLL_MS);
  return ended;
}
