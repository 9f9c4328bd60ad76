import { quote } from "../contract/quote.js";
import source from "./main-shell.sh";

/** The script without its comments and indentation: it is an argument, and shows in process lists. */
const script = source.replace(/^\s*(#.*)?\n/gm, "").replace(/^[ \t]+/gm, "");

export type LaneKind = "main" | "lane" | "tty";

/** The command line of a main shell or lane. */
export function laneCommand(shell: string, kind: LaneKind): string[] {
  return [shell, "-c", script, "sandbox", kind];
}

/** A word of a line to a lane: quoted, and without line ends, as a line is what a lane reads. */
export function word(text: string): string {
  return quote(text).replaceAll("\n", `'"$sb_n"'`);
}

/** What a lane is to run. */
export interface LaneCommand {
  /** Replaces what the shell would do with `argv`: code of ours, with `argv` as its positional parameters. */
  code?: string;
  argv: readonly string[];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

/** Arguments of `sb_child`. */
export function childWords(id: number, mark: number, command: LaneCommand): string {
  const environment = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    String(id),
    word(command.cwd ?? ""),
    String(mark),
    word(command.code ?? ""),
    String(environment.length),
    ...[...environment, ...command.argv].map(word),
  ].join(" ");
}

/** Bytes as the format of a shell's `printf`, every byte but the harmless ones in octal. */
export function printfFormat(bytes: Uint8Array): string {
  let format = "";
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    format += /[A-Za-z0-9 _.,:=@+/]/.test(letter) ? letter : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return format;
}
