case $sb_signal in
  KILL) ;;
  *)
    sb_scan "$sb_mark" "$sb_root"
    set -- $sb_found
    [ $# -gt 0 ] && kill -"$sb_signal" "$@" 2>/dev/null
    echo $#
    exit 0
    ;;
esac
# Stops what it finds until nothing new turns up, kills it, and looks again.
sb_stopped=' ' sb_rounds=0 sb_count=0
while sb_scan "$sb_mark" "$sb_root"; [ "$sb_found" != ' ' ]; do
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
echo $sb_count $sb_found
[ "$sb_found" = ' ' ]
