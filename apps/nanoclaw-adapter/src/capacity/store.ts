import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Owner, thisOwner } from "@nanoclaw/sandbox/adapter";
import type { Installation } from "../installation.js";
import { History } from "../metrics/history.js";
import { hasEnded } from "./holder.js";
import { ProcessLock } from "./lock.js";
import { Places } from "./places.js";

export interface StoreOptions {
  /** Where the queue of all installations of this user is. Default: `capacity` beside the installation's state directory. */
  readonly sharedDirectory?: string;
  /** Told in a sentence: a file that could not be read and was moved aside, figures that could not be added up. */
  readonly onWarning?: (warning: string) => void;
}

/** What capacity and metrics keep on disk. */
export interface Store {
  /** This process. */
  readonly owner: Owner;
  /** What the tickets of the installation are marked with. */
  readonly installation: string;
  readonly places: Places;
  readonly lock: ProcessLock;
  readonly history: History;
}

/** Makes nothing on disk but what core keeps of this user. */
export async function openStore(installation: Installation, options: StoreOptions = {}): Promise<Store> {
  const { stateDirectory } = installation;
  const { sharedDirectory = join(dirname(stateDirectory), "capacity"), onWarning = () => undefined } =
    options;
  const owner = await thisOwner();
  // Machines that share a home, and containers that share a directory, cannot judge each other's processes.
  const [machine, , namespace] = owner.host.split(":");
  const places = new Places(join(sharedDirectory, digest(`${machine}:${namespace}`)), onWarning);
  const own = digest(stateDirectory);
  return {
    owner,
    installation: own,
    places,
    lock: new ProcessLock(places.path("lock")),
    history: new History(places, own, stateDirectory, onWarning),
  };
}

/** Takes out what ended processes have left. Each is counted once, whoever finds it. */
export async function takeOutLost({ places }: Pick<Store, "places">): Promise<void> {
  for (const ticket of places.waiting()) {
    if (!(await hasEnded(ticket.owner))) continue;
    places.end("waiting", { ...ticket, outcome: "queue-lost", queuedMs: 0, runMs: 0 });
  }
  for (const ticket of places.running()) {
    if (await hasEnded(ticket.owner)) places.end("running", { ...ticket, outcome: "lost", runMs: 0 });
  }
}

function digest(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 8);
}
