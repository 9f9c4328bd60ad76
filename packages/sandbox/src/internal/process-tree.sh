# How the processes of one command are found in a guest with /proc. Written for dash, busybox ash and bash; it
# starts no program. sb_n has to be a line end.

# sb_stat PROC: parent and session of a process; fails when it is dead. A name may hold newlines.
sb_stat() {
  sb_text= sb_parent= sb_session=
  { while read -r sb_line; do sb_text="$sb_text $sb_line"; done <"$1/stat"; } 2>/dev/null
  set -- ${sb_text##*) }
  sb_parent=$2 sb_session=$4
  case $1 in '' | Z | X) return 1 ;; esac
}

# sb_scan MARK PID: the living processes of a command, into sb_found. Each carries the command's mark, a limit
# on file locks, which Linux has not enforced since 2.4 and which survives fork, exec, setsid and a cleared
# environment. Children of marked ones count too, PID where marks cannot be set, and who shares a session with
# one, unless the session is led by somebody else: a terminal's is led by the shell of its lane.
sb_scan() {
  sb_found=' ' sb_sessions=' ' sb_living=' ' sb_all=
  for sb_dir in /proc/[0-9]*; do
    sb_pid=${sb_dir#/proc/}
    sb_stat "$sb_dir" || continue
    sb_living="$sb_living$sb_pid "
    sb_all="$sb_all$sb_pid $sb_parent $sb_session$sb_n"
    sb_locks=
    { while read -r sb_a sb_b sb_c sb_v sb_rest; do
        case "$sb_a $sb_b $sb_c" in 'Max file locks') sb_locks=$sb_v; break ;; esac
      done <"$sb_dir/limits"; } 2>/dev/null
    case $1 in "$sb_locks") sb_found="$sb_found$sb_pid "; continue ;; esac
    case $2 in "$sb_pid") sb_found="$sb_found$sb_pid " ;; esac
  done
  [ "$sb_found" = ' ' ] && return
  sb_grown=1
  while [ "$sb_grown" ]; do
    sb_grown= sb_left=$sb_all
    while [ "$sb_left" ]; do
      sb_line=${sb_left%%"$sb_n"*}
      sb_left=${sb_left#*"$sb_n"}
      set -- $sb_line
      case $sb_found in
        *" $1 "*)
          case $sb_sessions in *" $3 "*) continue ;; esac
          case $sb_found in *" $3 "*) ;; *) case "$sb_living 0 " in *" $3 "*) continue ;; esac ;; esac
          sb_sessions="$sb_sessions$3 "
          ;;
        *" $2 "*) sb_found="$sb_found$1 " ;;
        *)
          case $sb_sessions in *" $3 "*) ;; *) continue ;; esac
          sb_found="$sb_found$1 "
          ;;
      esac
      sb_grown=1
    done
  done
}

# sb_kill_tree MARK PID: stops what sb_scan finds until nothing new turns up, kills it, and looks again. Leaves in
# sb_rounds and sb_count how often and how many it found, and in sb_found what would not die.
sb_kill_tree() {
  sb_stopped=' ' sb_rounds=0 sb_count=0
  while sb_scan "$1" "$2"; [ "$sb_found" != ' ' ]; do
    sb_rounds=$((sb_rounds + 1))
    [ "$sb_rounds" -gt 40 ] && break
    sb_new=
    for sb_pid in $sb_found; do
      case $sb_stopped in
        *" $sb_pid "*) ;;
        *) kill -STOP "$sb_pid" 2>/dev/null; sb_stopped="$sb_stopped$sb_pid "; sb_new=1; sb_count=$((sb_count + 1)) ;;
      esac
    done
    [ "$sb_new" ] && continue
    for sb_pid in $sb_found; do kill -KILL "$sb_pid" 2>/dev/null; done
    sb_stopped=' '
  done
}
