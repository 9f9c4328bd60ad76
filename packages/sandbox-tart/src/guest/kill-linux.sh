# Finds the living processes of one command and signals them. Written for dash, busybox ash and bash.
# $1 is a signal without SIG, $2 the command's mark, $3 its first process where marks cannot be set.
# Prints how many it found; fails with 1, and their numbers, where some would not die.
sb_n='
'
sb_mark=${2:--} sb_root=${3:--} sb_signal=$1
