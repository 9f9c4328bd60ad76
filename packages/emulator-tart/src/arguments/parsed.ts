import type { Parsed } from "@nanoclaw/emulator-base";
import type { TartHome } from "../store/home.js";

export type { Parsed };

/** Runs one command and tells its exit code. Throws one of `failures.ts` for what is told on stderr. */
export type Command = (parsed: Parsed, home: TartHome) => Promise<number>;
