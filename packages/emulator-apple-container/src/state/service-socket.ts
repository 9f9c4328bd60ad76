import { connect } from "node:net";
import { join } from "node:path";
import { serviceIsDown } from "../failures.js";

/** Where the service of an installation listens. */
export function serviceSocket(home: string): string {
  return join(home, "service.sock");
}

/** Whether somebody listens there. Makes a connection and says nothing on it. */
export function isServiceUp(home: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(serviceSocket(home));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** For commands that need the service and are done by the client itself. */
export async function requireService(home: string): Promise<void> {
  if (!(await isServiceUp(home))) throw serviceIsDown();
}
