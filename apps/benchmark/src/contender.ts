import type { Readable } from "node:stream";
import type { Target } from "./engines/target.js";

/** One way to do the job on an engine: this project's, or a baseline beside it. */
export interface Contender {
  /** Unique within an engine, the same in every run: results are compared by it. */
  readonly id: string;
  /** As a person would name it. */
  readonly title: string;
  readonly role: "sandbox" | "baseline";
  readonly target: Target;
  /** Of what does the work, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Makes a sandbox from nothing, runs a command in it, and returns at the first byte of its output. Where a
   * contender tells output only when the command is over, it returns then.
   */
  firstOutput(argv: readonly string[]): Promise<FirstOutput>;
  /** A sandbox that is ready for commands. */
  start(): Promise<LiveSandbox>;
}

/** Parts of a cold start in order, in milliseconds. What cannot be told apart is one part, or not there. */
export interface Phases {
  /** The engine knows the sandbox. */
  readonly create?: number;
  /** It runs. */
  readonly start?: number;
  /** It was made and runs, where that is told as one. */
  readonly made?: number;
  /** From a sandbox that runs to one that takes commands. */
  readonly ready?: number;
  /** From a sandbox that takes commands to the first output. */
  readonly firstCommand?: number;
}

export interface FirstOutput {
  /** Where the contender tells them. */
  readonly phases?: Phases;
  /** Waits for the command's end, checks it, and removes the sandbox. */
  finish(): Promise<{ readonly output: string }>;
}

/** A sandbox under measurement. A method that is absent is something that the contender has no way for. */
export interface LiveSandbox {
  /** What the engine, the process table or the disk may know it by. */
  readonly id: string;
  /** Returns the whole standard output of a command that exited with 0, and throws for every other end. */
  exec(argv: readonly string[]): Promise<string>;
  writeFile?(path: string, content: Uint8Array): Promise<void>;
  readFile?(path: string): Promise<Uint8Array>;
  /** A file of the host to this path in the guest. */
  upload?(hostPath: string, guestPath: string): Promise<void>;
  download?(guestPath: string, hostPath: string): Promise<void>;
  /** Standard output of a command as it comes. */
  stream?(argv: readonly string[]): Promise<Readable>;
  /** What the engine says that it uses, in bytes. */
  accountedMemory?(): Promise<number | undefined>;
  /** Returns when it is gone, as far as the contender looks. */
  remove(): Promise<void>;
}

/** A contender that could have been there, and why it is not. */
export interface AbsentContender {
  readonly id: string;
  readonly title: string;
  readonly role: Contender["role"];
  readonly absent: string;
}
