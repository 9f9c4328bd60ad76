/** What a module for `--contender` is written against. Types alone. */
export type { FirstOutput, LiveSandbox, Phases } from "./contender.js";
export type { ContenderFactory, Opened } from "./contenders/factory.js";
export type { Target } from "./engines/target.js";
