import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type {
  ContainerConfiguration,
  ContainerSnapshot,
  ProcessConfiguration,
} from "../container/configuration.js";
import { controlGroupsOf, removeControlGroups } from "../container/control-groups.js";
import { GuestContainer } from "../container/guest-container.js";
import { guestMounts } from "../container/guest-mounts.js";
import type { GuestProcess } from "../container/guest-process.js";
import { endLeftHelper } from "../container/left-helper.js";
import { copyRootFiles } from "../container/root-files.js";
import { ContainerStore } from "../container/store.js";
import type { ClientStreams } from "../container/streams.js";
import { ContainerFailure, type FailureRecord } from "../failures.js";
import { faultStrikes } from "../state/faults.js";
import { readSettings } from "../state/settings.js";
import { ManagedContainer } from "./managed-container.js";
import { refuseConfiguration } from "./refused-configuration.js";
import { TurnTaking } from "./turn-taking.js";

const SIGKILL = 9;
/** How long a forced deletion waits for the container's end. */
const FORCE_MS = 5000;

/** The containers of a service. */
export class Containers {
  private readonly known = new Map<string, ManagedContainer>();
  private readonly store: ContainerStore;
  /** Starts of containers and of processes in them, one at a time over all (apple-container.md §0 rule 13). */
  private readonly starts = new TurnTaking();

  /**
   * Takes up what a service before has left: what it ran is called stopped (I#2286), what was to be removed is.
   *
   * @param owner A connection whose end is the end of every container.
   */
  constructor(
    readonly home: string,
    private readonly owner: Socket | undefined,
  ) {
    this.store = new ContainerStore(home);
    for (const record of this.store.readAll()) {
      const container = new ManagedContainer(record);
      this.known.set(container.id, container);
    }
  }

  /** Containers that were made with `--rm` are removed when the service starts. */
  async removeLeft(): Promise<void> {
    for (const container of [...this.known.values()]) {
      if (container.record.autoRemove) await this.forget(container);
    }
  }

  list(): ContainerSnapshot[] {
    return [...this.known.values()].map((container) => container.snapshot());
  }

  get(id: string): ManagedContainer {
    const container = this.known.get(id);
    if (container === undefined) throw notFound(id);
    return container;
  }

  /** The paths of what its first process and its machine write. */
  logs(id: string): { output: string; boot: string } {
    this.get(id);
    return { output: this.store.log(id), boot: this.store.bootLog(id) };
  }

  /** The directory with its own files. */
  root(id: string): string {
    return this.store.root(this.get(id).id);
  }

  /** @param root The image's files. */
  async create(configuration: ContainerConfiguration, root: string, autoRemove: boolean): Promise<void> {
    const { id } = configuration;
    refuseConfiguration(configuration, [...this.known.values()]);
    const container = new ManagedContainer({ configuration, autoRemove });
    this.known.set(id, container);
    try {
      this.store.claim(id);
      await copyRootFiles(root, this.store.root(id));
      this.store.write(container.record);
    } catch (error) {
      this.known.delete(id);
      this.store.remove(id);
      throw error;
    }
  }

  /**
   * Boots; the first process is started by `start`. Nothing happens where it was booted already.
   *
   * @returns What settles with the exit code of the first process.
   */
  async bootstrap(id: string, streams: ClientStreams): Promise<{ ended: Promise<number> }> {
    const container = this.get(id);
    return await this.starts.run(async () => {
      if (container.ended !== undefined && container.guest !== undefined) return { ended: container.ended };
      await delay(readSettings(this.home).bootMs);
      this.store.writeBootLog(id);
      const guest = await GuestContainer.boot({
        configuration: container.configuration,
        mounts: guestMounts(container.configuration.mounts, this.home),
        root: this.store.root(id),
        log: this.store.log(id),
        streams,
        home: this.home,
        ...(this.owner && { ownerConnection: this.owner }),
      });
      if (this.known.get(id) !== container) {
        // Deleted while it booted, when there was nothing yet to end.
        guest.signal(SIGKILL);
        await guest.ended;
        await guest.finishStreams();
        throw notFound(id);
      }
      container.guest = guest;
      container.record = { ...container.record, helperPid: guest.helperPid };
      this.store.write(container.record);
      const ended = guest.ended.then((code) => this.takeEnd(container, guest, code));
      container.ended = ended;
      return { ended };
    });
  }

  /** Starts the first process of a container that was booted. */
  async start(id: string): Promise<void> {
    const container = this.get(id);
    const { guest } = container;
    if (guest === undefined) throw new ContainerFailure("invalidState", `container ${id} is not running`);
    if (container.state === "running") return;
    await this.starts.run(async () => {
      try {
        await guest.start();
      } catch (error) {
        await guest.finishStreams();
        throw startFailure(error);
      }
      container.startedDate = new Date().toISOString().replace(/\.\d+Z$/, "Z");
      if (container.guest === guest) container.state = "running";
    });
  }

  async exec(id: string, process: ProcessConfiguration, streams: ClientStreams): Promise<GuestProcess> {
    const container = this.get(id);
    await container.hold(async () => undefined);
    return await this.starts.run(async () => {
      const { guest } = container;
      if (guest === undefined || container.state !== "running") {
        throw new ContainerFailure("invalidState", `container ${id} is not running`);
      }
      try {
        return await guest.exec(process, streams);
      } catch (error) {
        throw startFailure(error);
      }
    });
  }

  /** Sends a signal, and after the grace period SIGKILL. Nothing happens where the container is stopped. */
  async stop(id: string, signal: number, graceMs: number): Promise<void> {
    const container = this.get(id);
    await container.hold(async () => undefined);
    const { guest, ended } = container;
    if (guest === undefined || ended === undefined) return;
    guest.signal(signal);
    const limit = setTimeout(() => guest.signal(SIGKILL), graceMs);
    await ended;
    clearTimeout(limit);
  }

  /** Signals the first process; SIGKILL waits for the end. */
  async kill(id: string, signal: number): Promise<void> {
    const container = this.get(id);
    await container.hold(async () => undefined);
    const { guest, ended } = container;
    if (guest === undefined) {
      throw new ContainerFailure("invalidState", "no runtime client exists: container is stopped");
    }
    guest.signal(signal);
    if (signal === SIGKILL) await ended;
  }

  async delete(id: string, force: boolean): Promise<void> {
    const container = this.get(id);
    if (force && faultStrikes(this.home, readSettings(this.home), "delete")) {
      throw new ContainerFailure(
        "internalError",
        `failed to delete container: deleteProcess: exec ${randomUUID()} does not exist in container ${id}`,
      );
    }
    if (container.guest !== undefined) {
      if (!force && container.state === "running") {
        throw new ContainerFailure("invalidState", `container ${id} is running and can not be deleted`);
      }
      // One that cannot be spoken to any more is ended all the same, when the time is over.
      await Promise.race([container.hold(async () => undefined), delay(FORCE_MS)]);
      container.guest?.signal(SIGKILL);
      await container.ended;
    }
    await this.forget(container);
  }

  /** Ends what runs, in parallel; tells which. */
  async stopAll(
    graceMs: number,
    signalOf: (configuration: ContainerConfiguration) => number,
  ): Promise<string[]> {
    const running = [...this.known.values()].filter(({ guest }) => guest !== undefined);
    await Promise.all(
      running.map(({ id, configuration }) => this.stop(id, signalOf(configuration), graceMs)),
    );
    return running.map(({ id }) => id);
  }

  private async takeEnd(container: ManagedContainer, guest: GuestContainer, code: number): Promise<number> {
    void guest.finishStreams();
    if (container.guest === guest) {
      container.guest = undefined;
      container.state = "stopped";
      if (container.record.autoRemove && this.known.get(container.id) === container)
        await this.forget(container);
    }
    return code;
  }

  private async forget(container: ManagedContainer): Promise<void> {
    const { helperPid } = container.record;
    if (helperPid !== undefined && container.guest === undefined) {
      // Of a start whose service died; what this service started has ended.
      await endLeftHelper(helperPid, this.store.root(container.id));
      await removeControlGroups(controlGroupsOf(this.home, container.id));
    }
    this.store.remove(container.id);
    if (this.known.get(container.id) === container) this.known.delete(container.id);
  }
}

function notFound(id: string): ContainerFailure {
  return new ContainerFailure("notFound", `container with ID ${id} not found`);
}

/** In the words that come from the guest, through the helper and the service (apple-container.md §4.5). */
function startFailure(error: unknown): ContainerFailure {
  const text = error instanceof Error ? error.message : String(error);
  const reason: FailureRecord = {
    code: "internalError",
    message: `startProcess: failed to start process: internalError: "vmexec error: internalError: "${text}""`,
  };
  return new ContainerFailure("internalError", "failed to start process", reason);
}
