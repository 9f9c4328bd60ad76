import { type ProcessSpec, quote, type TerminalSize } from "@nanoclaw/sandbox/adapter";

/*
 * The client tells neither that a process has started nor why it has not, and gives a missing program the code 1
 * (apple-container.md §2.3, I#2210). So the guest's shell says itself that it is there, and becomes the program.
 * What it says stands between NULs. The scripts are for dash, busybox ash and bash. Their variables begin with sb_,
 * as an assignment to one of the guest's environment would change it there.
 */

/** Becomes its parameters. */
export const startScript = `printf '\\000started\\000'; exec "$@"`;

/**
 * Becomes what a line on its standard input says. So neither environment nor directory is in an argument list,
 * and the environment takes the place of the sandbox's own, where the engine's would come second (§5.5).
 */
const startByLine = `
sb_n='
'
IFS= read -r sb_line || exit 0
eval "$sb_line"
`.trim();

/** How a process starts: the command line in the guest, and the line that it reads first. */
export interface GuestStart {
  readonly argv: readonly string[];
  readonly line?: string;
}

/** A process by the guest's shell. The command of a terminal tells its name on standard error. */
export function guestStart({ argv, cwd, env = {}, tty }: ProcessSpec, shell: string): GuestStart {
  if (cwd === undefined && tty === undefined && Object.keys(env).length === 0) {
    return { argv: [shell, "-c", startScript, "sandbox-start", ...argv] };
  }
  const line = [
    ...(cwd === undefined ? [] : [`cd -- ${word(cwd)} 2>/dev/null || { ${say("no-directory")}; exit 1; }`]),
    ...Object.entries(env).map(([name, value]) => `export ${name}=${word(value)}`),
    ...(tty ? onTerminal(tty, argv, shell) : [say("started"), command(argv)]),
  ].join("; ");
  return { argv: [shell, "-c", startByLine, "sandbox-start"], line };
}

/** Sets the size of a terminal of the guest. */
export function resizeCommand(terminal: string, { columns, rows }: TerminalSize, shell: string): string[] {
  const script = 'command -p stty -F "$1" cols "$2" rows "$3"';
  return [shell, "-c", script, "sandbox-resize", terminal, String(columns), String(rows)];
}

/**
 * Terminals are made in the guest by script(1): one of the engine's needs a terminal of the host as the client's
 * standard input (§4.2), cuts long lines, and has no way to be resized from here.
 */
function onTerminal({ columns, rows }: TerminalSize, argv: readonly string[], shell: string): string[] {
  const inside = [
    `command -p stty sane rows ${Number(rows)} cols ${Number(columns)}`,
    `printf '\\000tty %s\\000' "$(command -p tty)" >&3`,
    "exec 3>&-",
    `exec ${argv.map(quote).join(" ")}`,
  ].join("; ");
  return [
    `command -v script >/dev/null 2>&1 || { ${say("no-script")}; exit 1; }`,
    "exec 3>&2",
    // script(1) runs its command by SHELL.
    `export SHELL=${word(shell)} TERM="\${TERM:-xterm-256color}"`,
    say("started"),
    command(["script", "-qec", inside, "/dev/null"]),
  ];
}

function say(text: string): string {
  return `printf '\\000${text}\\000'`;
}

function command(argv: readonly string[]): string {
  return `exec ${argv.map(word).join(" ")}`;
}

/** As `read` takes a line, the ends of lines come from a variable. */
function word(text: string): string {
  return quote(text).replaceAll("\n", `'"$sb_n"'`);
}
