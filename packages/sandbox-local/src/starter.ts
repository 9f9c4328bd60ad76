import { quote, type TerminalSize } from "@nanoclaw/sandbox/adapter";
import { guestDoor } from "./arguments.js";

/*
 * Bubblewrap has no way to start another process in a sandbox that is there, and to enter its namespaces from
 * outside takes privileges that an unprivileged user lacks. So the guest starts its processes itself: asked by
 * one named pipe, with others for their input and output. The scripts are for dash, busybox ash and bash. None
 * starts a process of the user's in its background, where shells let it ignore SIGINT: `setsid -f` forks.
 */

/**
 * Process 1, which nobody in the guest can stop or kill. It ends with the main process, and with it the kernel
 * kills everything in the sandbox. The line that it reads first is the leash's beginning: when the owner is
 * gone by then it never comes. `$0` is a mark by which the host finds the process.
 */
const init = `
setsid=$1 starter=$2 child=$3 door=${guestDoor}
shift 3
IFS= read -r go || exit 0
exec 3<&0 4>"$door/alive" 5>"$door/main.out" 6>"$door/main.err" </dev/null >/dev/null 2>&1 || exit
echo ready >&4
# Side by side, as a pipeline though nothing goes through it: its parts are no background jobs.
"$setsid" -f -- /bin/sh -c "$starter" "$door" "$setsid" "$child" "$starter" >/dev/null 3<&- 4>&- 5>&- 6>&- |
  "$@" <&3 >&5 2>&6 3<&- 4>&- 5>&- 6>&-
# Keeps the shell from becoming the command above.
exit
`.trim();

/**
 * Starts the processes that are asked for by name. It holds the pipe of requests open for itself. A shell that
 * cannot fork ends: this one tells so, and begins anew without a fork.
 */
const starter = `
exec 3<>"$0/requests" || exit
failed() { echo failed >"$0/$name.status"; }
trap 'failed; exec /bin/sh -c "$3" "$0" "$@"' EXIT
while IFS= read -r name <&3; do
  "$1" -f -- /bin/sh -c "$2" "$0/$name" 3<&- || failed
done
`.trim();

/**
 * Becomes one process, and tells how it ended. The named pipes are the process's output, but not its input: that
 * is a plain pipe, since to open `/dev/stdin` again would wait for ever where a named pipe has been written to its end.
 * The second `open` is told when nothing is left that takes a process, so that whatever comes after is the program's own.
 */
const child = `
exec 3>"$0.status" 4<"$0.start" || exit
echo begun >&3
(
  exec 5<"$0.in" || exit
  command -p cat <&5 3>&- 4<&- 5<&- &
  echo open >&3
) | (
  exec >"$0.out" 2>"$0.err" || exit
  set -- "$(command -p cat <&4)"
  [ "$1" ] || exit
  echo open >&3
  eval "$1"
)
echo "exit $?" >&3
`.trim();

/** The pipes of a sandbox. `alive` is held open by process 1 alone, so its end is the sandbox's end. */
export const sandboxPipes = { alive: "alive", requests: "requests", stdout: "main.out", stderr: "main.err" };

/**
 * The pipes of a process, and what this side does with them. Their files are named after the process.
 * `status` tells `begun`, `open` for the input and for the output, `tty PATH` and `exit CODE`; `start` takes the
 * code that the process starts with.
 */
export const processPipes = {
  status: "read",
  start: "write",
  in: "write",
  out: "read",
  err: "read",
} as const;

/** Programs in the guest, by path, as the guest's `PATH` may be anything. */
export interface GuestPrograms {
  readonly setsid: string;
  /** Absent: no terminals. */
  readonly script?: string;
}

/** The command line of process 1. */
export function initCommand(mark: string, { setsid }: GuestPrograms, main: readonly string[]): string[] {
  return ["/bin/sh", "-c", init, mark, setsid, starter, child, ...main];
}

export interface StartOptions {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: TerminalSize;
}

/**
 * What a process evaluates before it becomes its program. It comes by a pipe, so that the environment is in no
 * argument list. Each process has a session of its own, as a signal to its group must reach no other.
 */
export function startCode({ argv, cwd, env = {}, tty }: StartOptions, programs: GuestPrograms): string {
  return [
    ...(cwd === undefined ? [] : [`cd -- ${quote(cwd)} || exit 126`]),
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...(tty ? onTerminal(tty, argv, programs) : ["exec 3>&- 4<&-", exec(programs.setsid, "--", ...argv)]),
  ].join("\n");
}

/** Terminals are made in the guest by script(1), so that they belong to the guest. It runs its command by `SHELL`. */
function onTerminal(
  { columns, rows }: TerminalSize,
  argv: readonly string[],
  programs: GuestPrograms,
): string[] {
  const inside = [
    `command -p stty sane rows ${Number(rows)} cols ${Number(columns)}`,
    `echo "tty $(command -p tty)" >&3`,
    "exec 3>&-",
    exec(...argv),
  ].join("\n");
  return [
    "exec 4<&-",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's braces
    'export SHELL=/bin/sh TERM="${TERM:-xterm-256color}"',
    exec(programs.setsid, "--", programs.script ?? "script", "-qec", inside, "/dev/null"),
  ];
}

function exec(...argv: readonly string[]): string {
  return `exec ${argv.map(quote).join(" ")}`;
}
