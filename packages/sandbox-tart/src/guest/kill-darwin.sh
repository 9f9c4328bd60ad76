# Finds the living processes of one command and signals them, by what macOS shows: parent and group. Written for
# bash 3.2, which is /bin/sh there, and for dash.
# $1 is a signal without SIG, $3 the shell that started the command, $4 "1" where that leads a group of its own,
# $5 processes that were seen before.
# Prints how many it found; fails with 1, and their numbers, where some would not die.
sb_n='
'
sb_signal=$1 sb_mark= sb_root=$3 sb_own=$4 sb_known=" $5 "
# The shell's children are two more shells of ours; what is below them is the command's. Who was seen once
# stays seen, though its parent may be gone by the next look.
sb_scan() {
  sb_found=' ' sb_groups=' ' sb_ours=" $sb_root " sb_all= sb_group= sb_mine=
  # The shell ends with its command, and others of its group may not.
  [ "$sb_own" ] && sb_group=$sb_root
  sb_list=$(LC_ALL=C ps -axo pid=,ppid=,pgid=,stat=)
  while read -r sb_pid sb_parent sb_pgid sb_stat; do
    case $sb_stat in Z* | '') continue ;; esac
    sb_all="$sb_all$sb_pid $sb_parent $sb_pgid$sb_n"
    case $sb_pid in "$sb_root") sb_group=$sb_pgid ;; "$$") sb_mine=$sb_pgid ;; esac
    case $sb_parent in "$sb_root") sb_ours="$sb_ours$sb_pid " ;; esac
    case $sb_known in *" $sb_pid "*) sb_found="$sb_found$sb_pid " ;; esac
  done <<END
$sb_list
END
  [ "$sb_own" ] && [ "$sb_group" ] && sb_groups=" $sb_group "
  sb_grown=1
  while [ "$sb_grown" ]; do
    sb_grown= sb_left=$sb_all
    while [ "$sb_left" ]; do
      sb_line=${sb_left%%"$sb_n"*}
      sb_left=${sb_left#*"$sb_n"}
      set -- $sb_line
      case "$sb_ours$$ " in *" $1 "*) continue ;; esac
      case $sb_found in
        *" $1 "*)
          # Without a group of its own the command is in the guest agent's, as this search is.
          case "$sb_groups$sb_mine 0 " in *" $3 "*) continue ;; esac
          sb_groups="$sb_groups$3 "
          ;;
        *)
          case $sb_groups in
            *" $3 "*) ;;
            *) case "${sb_ours#" $sb_root"}$sb_found" in *" $2 "*) ;; *) continue ;; esac ;;
          esac
          sb_found="$sb_found$1 "
          ;;
      esac
      sb_grown=1
    done
  done
  sb_known=$sb_found
}
