import type { ContainerConfiguration, ContainerSnapshot } from "../container/configuration.js";
import type { GuestContainer } from "../container/guest-container.js";
import type { ContainerRecord } from "../container/store.js";
import { TurnTaking } from "./turn-taking.js";

/** A container as the service has it in mind. */
export class ManagedContainer {
  /** From its boot to its end. */
  guest: GuestContainer | undefined;
  state: "running" | "stopped" = "stopped";
  startedDate: string | undefined;
  /** How the last start ended; settles when the service has noted it. */
  ended: Promise<number> | undefined;

  private readonly calls = new TurnTaking();

  constructor(public record: ContainerRecord) {}

  /** Runs an action while other calls for this container wait. */
  hold<T>(action: () => Promise<T>): Promise<T> {
    return this.calls.run(action);
  }

  get id(): string {
    return this.configuration.id;
  }

  get configuration(): ContainerConfiguration {
    return this.record.configuration;
  }

  snapshot(): ContainerSnapshot {
    return {
      id: this.id,
      configuration: this.configuration,
      status: {
        state: this.state,
        networks: this.state === "running" ? (this.guest?.surroundings.attachments ?? []) : [],
        ...(this.startedDate && { startedDate: this.startedDate }),
      },
    };
  }
}
