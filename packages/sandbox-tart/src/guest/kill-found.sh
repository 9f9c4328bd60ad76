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
sb_kill_tree "$sb_mark" "$sb_root"
echo $sb_count $sb_found
[ "$sb_found" = ' ' ]
