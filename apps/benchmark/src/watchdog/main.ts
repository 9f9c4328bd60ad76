// Cleans up after a run that was killed. Started by watchdog.ts.
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { removeLabelled } from "../engines/bench-labels.js";
import { connect } from "../engines/connection.js";
import type { WatchdogOrder } from "./watchdog.js";

/** A client that was killed may have sent a request that the engine still carries out. */
const QUIET_MS = 2_000;

const orders: WatchdogOrder[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  orders.push(JSON.parse(line));
}
if (!orders.some((order) => order.remove === "nothing")) await Promise.allSettled(orders.map(carryOut));

async function carryOut(order: WatchdogOrder): Promise<void> {
  if (order.remove === "containers") await removeLabelled(connect(order.endpoint), order.runId, QUIET_MS);
  // Owners of sandboxes notice by themselves that the run is gone, and may write until then.
  if (order.remove === "directory") await rm(order.path, { recursive: true, force: true, maxRetries: 10 });
}
