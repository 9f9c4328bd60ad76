# The main shell and every lane. Written for dash, busybox ash and bash; it starts no program of its own but
# setsid. $1 is "main" for the leash, "lane" for the others, $2 the shell. Each line on standard input is code
# for the reader.
#
# Two shells share the work. The reader never waits for a command, so it sees the end of the owner and can
# end a running command. The worker runs commands in its foreground: a background child of a shell without
# job control would ignore SIGINT. After its first command it also starts the process of the next one ahead of
# need, the spare, which reads its command where the worker would have and becomes it.
#
# Variables begin with sb_, as an assignment to a variable of the guest's environment would change it there.
sb_kind=$1 sb_shell=$2
exec 3>&1 4>&2
# As sh, bash says nothing of a command that a signal has ended.
[ "${BASH_VERSION-}" ] && (set +o posix) 2>/dev/null && set +o posix
# By its path, as a command may bring a PATH of its own.
for sb_setsid in /usr/bin/setsid /bin/setsid /usr/local/bin/setsid ''; do
  [ -x "$sb_setsid" ] && break
done
# A terminal sends its signals to every process in its foreground, these shells too. Subshells forget traps.
sb_deaf() { [ "$sb_kind" != tty ] || trap : INT QUIT; }
sb_deaf
# Busybox may prefer programs of its own to those of PATH: so it must be the same one, or another one, that
# executes the first command and the later ones.
sb_ahead=$sb_setsid
if [ /bin/busybox -ef "/proc/$$/exe" ] && ! [ /bin/busybox -ef "$sb_setsid" ]; then sb_ahead=; fi
if [ "$sb_kind" = tty ]; then
  sb_setsid= sb_modes=$(stty -g)
  stty -icanon -echo && printf '\000ready\000'
fi

# What worker and spare share, without single quotes.
sb_common='
sb_n="
"
# Messages to the host stand between NULs, begin with a secret of this lane, and may come amid output.
sb_say() { printf "\000%s %s\000" "$sb_secret" "$*" >&3; }
sb_self() {
  # /proc/self/stat would do, but is one long line, and a shell reads byte by byte.
  while read -r sb_a sb_b; do
    case $sb_a in Pid:) eval "$1=$sb_b"; return ;; esac
  done </proc/self/status
}
# sb_child ID CWD MARK CODE N ENVIRONMENT... ARGUMENTS...: becomes the command, or evaluates CODE.
sb_child() {
  if [ "$2" ]; then cd -- "$2" 2>/dev/null || { sb_say c "$1"; exit 1; }; fi
  ulimit -w "$3" 2>/dev/null || ulimit -x "$3" 2>/dev/null || { sb_self sb_pid; sb_say p "$1" "$sb_pid"; }
  unset PWD OLDPWD SHLVL
  sb_code=$4 sb_count=$5
  shift 5
  while [ "$sb_count" -gt 0 ]; do export "$1"; shift; sb_count=$((sb_count - 1)); done
  exec 3>&- 4>&-
  if [ "$sb_code" ]; then eval "$sb_code"; exit; fi
  [ "$sb_setsid" ] && exec "$sb_setsid" -- "$@"
  # Not every shell knows -- here, and not every shell does without.
  case $1 in -*) (exec -- true) 2>/dev/null && exec -- "$@" ;; esac
  exec "$@"
}
'
eval "$sb_common"
# The spare leads a session already. A line that is not for it only tells it to step aside.
sb_spare=$sb_common'
sb_run() {
  printf "%s\n" "$sb_secret sb_ran $1" >&2
  exec 2>&4 </dev/null
  sb_child "$@"
}
IFS= read -r sb_line
sb_secret=${sb_line%% *}
case ${sb_line#* } in "sb_run "*) eval "${sb_line#* }" ;; esac
'

# sb_end ID MARK PID: ends a command. Says whether it found anything, as the command may not have begun yet, and
# what would not die.
sb_end() {
  sb_kill_tree "$2" "$3"
  sb_say k "$1" "$sb_rounds" "$sb_found"
}

# sb_signal ID MARK PID SIGNAL
sb_signal() {
  sb_scan "$2" "$3"
  for sb_pid in $sb_found; do kill -"$4" "$sb_pid" 2>/dev/null; done
  sb_say k "$1" "$sb_found"
}

# Who still holds this lane's output would write into the output of the next command. Processes that were seen
# without it cannot come by it later.
sb_dirty() {
  sb_seen=' '
  for sb_dir in /proc/[0-9]*; do
    sb_pid=${sb_dir#/proc/}
    sb_seen="$sb_seen$sb_pid "
    case $sb_known in *" $sb_pid "*) continue ;; esac
    for sb_fd in "$sb_dir"/fd/[0-9]*; do
      if [ "$sb_fd" -ef "/proc/$sb_worker/fd/3" ] || [ "$sb_fd" -ef "/proc/$sb_worker/fd/4" ]; then return; fi
    done
  done
  sb_known=$sb_seen
  return 1
}

# A shell reports death by a signal as 128 + n, as an exit with that number is, and tells the two apart only by
# a message to its standard error, which is the worker's own input: the message is read before sb_done.
sb_run() {
  ( sb_child "$@" ) >&3 2>&4 </dev/null
  sb_ended "$1" "$?"
}
# What the spare did. sb_status is how it ended.
sb_ran() { sb_ended "$1" "$sb_status"; }
# sb_feed FORMAT ID ...: standard input from a printf format.
sb_feed() {
  sb_format=$1
  shift
  printf "$sb_format" | ( sb_child "$@" ) >&3 2>&4
  sb_ended "$1" "$?"
}
sb_ended() {
  if [ "$2" -gt 128 ]; then
    printf '%s\n' "$sb_secret sb_done $1 $2" >&2
  else
    sb_message=
    sb_done "$1" "$2"
  fi
}
sb_done() {
  sb_over=1 sb_kills=-
  [ "$2" = 0 ] || sb_count_kills
  sb_say e "$1" "$2" "$sb_kills" "$sb_message"
  [ "$sb_kind" = tty ] || printf '\000%s e %s\000' "$sb_secret" "$1" >&4
  sb_look "$1"
}
# How often the kernel has killed here for want of memory, where the guest is shown its control group.
sb_count_kills() {
  for sb_file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$sb_file" ] || continue
    while read -r sb_a sb_b; do
      case $sb_a in oom_kill) sb_kills=$sb_b ;; esac
    done <"$sb_file"
    return
  done
}
sb_leave() {
  trap - EXIT
  exit
}
# sb_look ID: whether the lane can take another command.
sb_look() { if sb_dirty; then sb_say l "$1" dirty; else sb_say l "$1" clean; fi; }

# The rest is what the reader is asked to do.
# sb_tell CODE: to the worker, past a spare, which is woken to step aside.
sb_tell() { printf '%s\n' "$sb_secret sb_wake" "$sb_secret $*"; }
# sb_own ID ...: gives standard input to a command; the lane ends with it.
sb_own() {
  [ "$sb_kind" = tty ] && stty "$sb_modes" && sb_say o "$1"
  # What this shell says of a death by a signal is for the worker.
  printf '%s\n' "$sb_secret sb_wake"
  ( sb_child "$@" ) >&3 2>&4
  printf '%s\n' "$sb_secret sb_done $1 $?; sb_leave"
  exit
}
# sb_ping ID: the worker may have been killed by what it ran.
sb_ping() {
  kill -0 "$sb_worker" 2>/dev/null || sb_say w killed
  sb_say a "$1"
}
# Ends the sandbox by ending its main process; as process 1 that ends when its two shells have.
sb_finish() {
  kill -KILL "$$" "$sb_worker" "$sb_reader" 2>/dev/null
  exit
}
# sb_ttl ID SECONDS: lets go of the leash and ends everything when the time is up.
sb_ttl() {
  [ "$sb_timer" ] && kill "$sb_timer" 2>/dev/null
  ( sleep "$2"; sb_finish ) >/dev/null 2>&1 3>&- 4>&- &
  sb_timer=$!
  sb_say a "$1"
}
# The worker holds both ends of its input and sees no end of it: it has to be told.
sb_quit() {
  sb_tell sb_leave
  exit
}

{
  sb_deaf
  exec 2>&1
  sb_self sb_reader
  sb_current= sb_timer=
  IFS= read -r sb_line
  eval "$sb_line"
  printf '%s\n' "$sb_line; sb_reader=$sb_reader; sb_say h \$sb_worker"
  while IFS= read -r sb_line; do
    case $sb_line in
      'w '*)
        sb_line=${sb_line#w }
        sb_current=${sb_line%% *}
        sb_line=${sb_line#* }
        case $sb_line in
          'sb_run '*) printf '%s\n' "$sb_secret $sb_line" ;;
          *) sb_tell "$sb_line" ;;
        esac
        ;;
      *) eval "$sb_line" ;;
    esac
  done
  case $sb_kind in
    main)
      [ "$sb_timer" ] && wait "$sb_timer"
      sb_finish
      ;;
    *)
      [ "$sb_current" ] && sb_end 0 "$sb_current"
      sb_quit
      ;;
  esac
} | {
  # On a terminal it runs no commands, and must not be torn out of reading.
  [ "$sb_kind" != tty ] || trap '' INT QUIT
  exec 2>/proc/self/fd/0
  sb_self sb_worker
  IFS= read -r sb_line
  eval "$sb_line"
  # Process 1 and the shells of this lane hold its output by right.
  sb_known=" 1 $$ $sb_reader $sb_worker "
  # A shell that cannot fork gives up. The reader is still there to end what runs.
  trap 'sb_say w gave-up' EXIT
  sb_over=
  while IFS= read -r sb_line; do
    case $sb_line in
      "$sb_secret sb_wake") ;;
      "$sb_secret "*) eval "${sb_line#* }"; sb_message= ;;
      *) sb_message=$sb_line ;;
    esac
    if [ "$sb_over" ] && [ "$sb_ahead" ]; then
      sb_over=
      "$sb_ahead" -- "$sb_shell" -c "$sb_spare" sandbox >&3
      sb_status=$?
    fi
  done
}
