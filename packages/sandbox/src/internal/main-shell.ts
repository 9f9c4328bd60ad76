import { quote } from "../contract/quote.js";
import source from "./main-shell.sh";
import { compactScript, processTreeScript } from "./shell-scripts.js";

const script = processTreeScript + compactScript(source);

export type LaneKind = "main" | "lane" | "tty";

/** The command line of a main shell or lane. */
export function laneCommand(shell: string, kind: LaneKind): string[] {
  return [shell, "-c", script, "sandbox", kind, shell];
}

/**
 * A word of a line to a lane: quoted, and without line ends, as a line is what a lane reads. Lines are strings
 * with a character for each byte, so that one line can hold text and any other bytes.
 */
export function word(text: string | Uint8Array): string {
  return quote(Buffer.from(text).toString("latin1")).replaceAll("\n", `'"$sb_n"'`);
}

/** What a lane is to run. */
export interface LaneCommand {
  /** Replaces what the shell would do with `argv`: code of ours, with `argv` as its positional parameters. */
  code?: string;
  argv: readonly (string | Uint8Array)[];
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

/**
 * Bytes as the format of a shell's `printf`, a character for each byte. Shells read lines byte by byte, so what
 * they take as it is stays as it is.
 */
export function printfFormat(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Buffer.from(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stay
    text.replace(/^-|[\0\x01\x7f\n\\%']/g, (letter) => escapes[letter] as string),
    "latin1",
  );
}

const escapes: Record<string, string> = {
  "\0": "\\000",
  // bash marks characters by these two, and loses them now and then.
  "\x01": "\\001",
  "\x7f": "\\177",
  "\n": "\\n",
  "\\": "\\\\",
  "%": "%%",
  "'": "\\047",
  // At the beginning it would be an option.
  "-": "\\055",
};
