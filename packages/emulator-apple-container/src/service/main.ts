import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serviceSocket } from "../state/service-socket.js";
import { Containers } from "./containers.js";
import { connectToOwner } from "./owner.js";
import { handlers } from "./routes.js";
import { serve } from "./server.js";
import { StreamDesk } from "./stream-desk.js";

/** The service of an emulator: it owns the containers, and clients come and go. */
export async function runService(home: string): Promise<void> {
  const owner = await connectToOwner(home);
  owner?.on("error", () => owner.destroy()).on("close", () => process.exit(0));
  owner?.resume();
  // Another one for the containers: Node stops to read what it hands on to other programs.
  const containers = new Containers(home, await connectToOwner(home));
  await containers.removeLeft();
  const desk = new StreamDesk();
  const server = serve(home, desk, handlers(containers, desk));
  // A service that was killed leaves its socket.
  rmSync(serviceSocket(home), { force: true });
  writeFileSync(join(home, "service.pid"), `${process.pid}\n`);
  server.listen(serviceSocket(home));
}
