import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** One answer that has reached its chat. */
export interface Delivery {
  readonly folder: string;
  /** Which of the chat's prompts it answers, from 0. */
  readonly turn: number;
  readonly text: string;
}

/** What was delivered, on disk: the chat as its users see it, also after the host was killed. */
export class Journal {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  deliver(delivery: Delivery): void {
    appendFileSync(this.#file, `${JSON.stringify(delivery)}\n`);
  }

  read(): Delivery[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Delivery);
  }

  ofGroup(folder: string): Delivery[] {
    return this.read().filter((delivery) => delivery.folder === folder);
  }
}
