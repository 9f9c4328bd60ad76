import { type FSWatcher, watch } from "node:fs";

/** Events of directories can be missed, and no event tells that a process was killed. In milliseconds. */
const LOOK_MS = 1_000;
/** Where the system has no watchers left to give. */
const LOOK_WITHOUT_EVENTS_MS = 250;

/** Calls `onChange` when something in one of the directories changes, `onLook` now and then. */
export class DirectoryWatch {
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout;

  constructor(directories: readonly string[], onChange: () => void, onLook: () => void) {
    let lookMs = LOOK_MS;
    const withoutEvents = () => {
      lookMs = LOOK_WITHOUT_EVENTS_MS;
    };
    try {
      for (const directory of directories) {
        this.#watchers.push(watch(directory, onChange).on("error", withoutEvents));
      }
    } catch {
      withoutEvents();
    }
    const look = () => {
      // Those who wait should not all look at the same moment.
      this.#timer = setTimeout(look, lookMs * (0.75 + Math.random() / 2));
      onLook();
    };
    this.#timer = setTimeout(look, lookMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }
}
