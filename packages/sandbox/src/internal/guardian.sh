# Remembers what its owner announced, and when the owner is gone lets a fresh Node process clean it up.
# Lines: "+ID JSON" announced, "=ID" made, "-ID" gone. $1 is Node, $2 the program.
n='
'
list=$n
trap '' INT TERM HUP
while IFS= read -r line; do
  id=${line#?}
  case $line in
    +*) list="$list$line$n" ;;
    =*) list="$list$line$n" ;;
    -*)
      while :; do
        case $list in
          *"$n=$id$n"*) list="${list%%"$n=$id$n"*}$n${list#*"$n=$id$n"}" ;;
          *"$n+$id "*)
            rest=${list#*"$n+$id "}
            list="${list%%"$n+$id "*}$n${rest#*"$n"}"
            ;;
          *) break ;;
        esac
      done
      ;;
  esac
done
case $list in *"$n+"*) printf '%s' "$list" | "$1" "$2" ;; esac
