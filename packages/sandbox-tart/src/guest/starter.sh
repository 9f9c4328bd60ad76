# Starts one command and tells how it ended. Written for dash, busybox ash and bash, 3.2 of macOS among them.
# The first line of standard input is code, so that arguments, environment and secrets of the command are on no
# argument list; the rest of standard input is the command's.
#
# Two shells share the work. The second runs the command in its foreground, as a background child of a shell
# without job control would ignore SIGINT. Its own output is a pipe to the first: a shell tells death by a
# signal from an exit with 128 + n only by a message to its standard error.
#
# Variables begin with sb_, as an assignment to a variable of the environment would change it for the command.
sb_n='
'
# As sh, bash says nothing of a command that a signal has ended.
[ "${BASH_VERSION-}" ] && (set +o posix) 2>/dev/null && set +o posix
# Messages to the host stand between NULs and begin with a secret. Not by $*, which the command's IFS would join.
sb_say() { printf '\000%s %s\000' "$sb_secret" "$1"; }
sb_pid() {
  while read -r sb_a sb_b; do
    case $sb_a in Pid:) sb_root=$sb_b; return ;; esac
  done </proc/self/status
}
# sb_child CWD MARK SETSID COUNT ENVIRONMENT... ARGUMENTS...: becomes the command.
sb_child() {
  if [ "$1" ]; then cd -- "$1" 2>/dev/null || { echo cwd; exit 1; }; fi
  # Without a mark, a search for the command's processes begins with the first of them.
  if [ "$2" ]; then
    sb_root=
    ulimit -w "$2" 2>/dev/null || ulimit -x "$2" 2>/dev/null || sb_pid
  fi
  sb_setsid= sb_count=$4
  if [ "$3" ]; then
    for sb_setsid in /usr/bin/setsid /bin/setsid ''; do [ -x "$sb_setsid" ] && break; done
  fi
  shift 4
  unset PWD OLDPWD SHLVL
  while [ "$sb_count" -gt 0 ]; do export "$1"; shift; sb_count=$((sb_count - 1)); done
  sb_say "b $sb_root" >&3
  [ "$sb_tty" ] || sb_say b >&4
  exec >&3 2>&4 3>&- 4>&-
  [ "$sb_setsid" ] && exec "$sb_setsid" -- "$@"
  # Not every shell knows -- here, and not every shell does without.
  case $1 in -*) (exec -- true) 2>/dev/null && exec -- "$@" ;; esac
  exec "$@"
}
# sb_tell SAID: how the command ended, from what the shell that ran it has said.
sb_tell() {
  sb_code=${1##*exit } sb_message=
  # What the host answers must not be echoed.
  [ "$sb_tty" ] && stty raw -echo
  case $1 in
    cwd*) sb_say c; return ;;
    "exit "*) ;;
    *"exit "*) sb_message=1 ;;
    *) sb_say w; return ;;
  esac
  if [ "$sb_code" -gt 128 ]; then
    # The name of the signal, and no process for it that could be taken for one of the command's.
    printf '\000%s e %s %s ' "$sb_secret" "$sb_code" "${sb_message:-0}"
    kill -l "$sb_code" 2>/dev/null
    printf '\000'
  else sb_say "e $sb_code 0"
  fi
}
# sb_start and the arguments of sb_child.
sb_start() {
  sb_root=$$
  exec 3>&1 4>&2 2>/dev/null
  # Subshells forget these, so the command gets its signals as they were.
  trap : HUP INT QUIT TERM USR1 USR2
  sb_said=$(
    {
      trap : HUP INT QUIT TERM USR1 USR2
      ( sb_child "$@" )
      echo "exit $?"
    } 2>&1
  )
  trap '' HUP INT QUIT TERM USR1 USR2
  sb_tell "$sb_said"
  [ "$sb_tty" ] || sb_say e >&4
  # The host ends its input when it has been told the end, and not before may the channel close: grpc-js drops what
  # it has not handed out when a write meets the end, and sshd drops standard error after the end of standard output.
  IFS= read -r sb_line && ! [ "$sb_tty" ] && cat >/dev/null
  exit 0
}
sb_tty=$1
if [ "$sb_tty" ]; then
  sb_modes=$(stty -g) && stty raw -echo && printf '\000ready\000'
fi
IFS= read -r sb_line || exit 1
[ "$sb_tty" ] && stty "$sb_modes"
eval "$sb_line"
