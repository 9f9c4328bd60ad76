/**
 * Shell code for file operations, for dash, busybox ash and bash. `$1` is the path. Exit codes beside 0 are
 * errno numbers of Linux where the reason is known, so that no message has to be read.
 */

/** Says why a path cannot be used; to be called after a failure. */
const why =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's braces
  'why() { [ -d "$1" ] && exit 21; [ -e "$1" ] && exit 13; [ -d "${1%/*}/" ] || exit 2; [ -w "${1%/*}/" ] || exit 13; exit 1; }; ';

const found = '[ -e "$1" ] || [ -L "$1" ] || exit 2; ';

export const guestScripts = {
  read: `[ -d "$1" ] && exit 21; ${found}[ -r "$1" ] || exit 13; exec cat <"$1"`,
  /** `$2` is a printf format, `$3` a mode or empty. */
  writeSmall: `${why}{ printf "$2" >"$1"; } 2>/dev/null || { mkdir -p -- "\${1%/*}/" 2>/dev/null && printf "$2" >"$1"; } || why "$1"; [ -z "$3" ] || chmod "$3" "$1"`,
  /** From standard input. `$2` is a mode or empty. */
  write: `${why}[ -d "$1" ] && exit 21; { true >>"$1"; } 2>/dev/null || mkdir -p -- "\${1%/*}/" 2>/dev/null || why "$1"; { true >"$1"; } 2>/dev/null || why "$1"; cat >"$1" || exit 1; [ -z "$2" ] || chmod "$2" "$1"`,
  stat: `${found}exec stat -L -c '%f %s %Y %u %g' -- "$1"`,
  lstat: `${found}exec stat -c '%f %s %Y %u %g' -- "$1"`,
  /** Names and their facts in groups: names with NUL after each, an empty one, a line of facts each, NUL. */
  list:
    `[ -L "$1" ] || ${found}[ -d "$1/" ] || exit 20; cd -- "$1" 2>/dev/null || exit 13; ` +
    'facts() { [ $# -gt 0 ] || return 0; printf "%s\\0" "$@" ""; stat -c "%f %s %Y %u %g" -- "$@"; printf "\\0"; }; ' +
    "few() { set --; for n in * .[!.]* ..?*; do " +
    '[ -e "$n" ] || [ -L "$n" ] || continue; set -- "$@" "./$n"; [ $# -lt 200 ] || { facts "$@"; set --; }; ' +
    'done; facts "$@"; }; few',
  exists: '[ -e "$1" ] || [ -L "$1" ]',
  mkdir: `${why}mkdir -- "$1" 2>/dev/null || { [ -e "$1" ] && exit 17; why "$1"; }`,
  mkdirAll: `mkdir -p -- "$1" 2>/dev/null || { [ -e "$1" ] && exit 17; [ -d "$1" ] || exec mkdir -p -- "$1"; }`,
  remove: `${found}if [ -d "$1" ] && ! [ -L "$1" ]; then exec rmdir -- "$1"; fi; exec rm -f -- "$1"`,
  removeAll: 'exec rm -rf -- "$1"',
  unpack: 'cd -- "$1" && exec tar -xpf -',
  /** `$1` is a directory, `$2` the name in it. */
  pack: 'cd -- "$1" && exec tar -cf - -- "./$2"',
  /** User and group of the commands. */
  ids: "id -u; id -g",
} as const;
