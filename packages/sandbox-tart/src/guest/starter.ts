import { compactScript, quote } from "@nanoclaw/sandbox/adapter";
import source from "./starter.sh";

const script = compactScript(source);

/** Around sudo: the channel must not close before what sudo says against it has been read. */
const asUser =
  '"$@" || { printf "\\000ended "; if [ -t 0 ]; then read -r sb_line; else cat >/dev/null; fi; }';

/** What the guest runs for every command; which command, it reads from its standard input. */
export function starterCommand(options: { tty: boolean; user: string | undefined }): string[] {
  const shell = ["/bin/sh", "-c", script, "sandbox", options.tty ? "tty" : ""];
  if (options.user === undefined) return shell;
  return ["/bin/sh", "-c", asUser, "sandbox", "sudo", "-n", "-H", "-u", options.user, "--", ...shell];
}

export interface StartOptions {
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** What messages to the host begin with. */
  readonly secret: string;
  /** A limit on file locks that tells the command's processes from others; none where it cannot be set. */
  readonly mark: number | undefined;
  /** A session of its own, where the guest has `setsid`: what the command does to its group is not done to our shells. */
  readonly ownSession: boolean;
  readonly tty: boolean;
}

/** The first line of the standard input, in bytes. */
export function startLine(options: StartOptions): Buffer {
  const environment = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
  const words = [
    options.cwd ?? "",
    options.mark === undefined ? "" : String(options.mark),
    options.ownSession ? "1" : "",
    String(environment.length),
    ...environment,
    ...options.argv,
  ];
  const tty = options.tty ? "1" : "";
  return Buffer.from(
    `sb_secret=${options.secret} sb_tty=${tty}; sb_start ${words.map(word).join(" ")}\n`,
    "latin1",
  );
}

/** A word for the shell, a character for each byte, without line ends. */
function word(text: string): string {
  return quote(Buffer.from(text).toString("latin1")).replaceAll("\n", `'"$sb_n"'`);
}
