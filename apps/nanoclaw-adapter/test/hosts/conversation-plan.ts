/** What a host of the tests has to say, and to whom. */
export interface Conversation {
  readonly line: "v1" | "v2";
  readonly root: string;
  readonly groups: readonly string[];
  readonly turns: number;
  /** After so many turns in one run, the next prompt gets a fresh one. */
  readonly turnsPerRun: number;
}

export const promptOf = (folder: string, turn: number): string => `prompt ${turn} of ${folder}`;
