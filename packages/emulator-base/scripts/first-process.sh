# The first process of a guest. It starts what the host asks for on standard input, reaps orphans, and its end is the
# guest's: exit code 0 when the guest switched itself off, 1 when nobody runs it any more.
trap 'exit 0' USR1
trap 'exit 1' USR2

service() { # NAME: a program that the emulator brings, or one of the guest's own services
	program=/run/guest/support/$1
	[ -x "$program" ] || program=/run/guest/services/$1
	"$program" </dev/null >>"/var/log/$1.log" 2>&1
}

network() { # ADDRESS/PREFIX GATEWAY
	ip link set lo up
	ip address add "$1" dev eth0
	ip link set eth0 up
	ip route add default via "$2"
	echo network
}

listen() {
	echo mounted
	while read -r word one two; do
		case $word in
		network) network "$one" "$two" ;;
		service) service "$one" & ;;
		run)
			service "$one"
			echo "ran $?"
			;;
		poweroff) kill -USR1 1 ;;
		esac
	done
	kill -USR2 1
}

# Without a terminal the shell gives a process in its background no input but what it is told to.
exec 3<&0 </dev/null
listen <&3 3<&- &
exec 3<&- >/dev/null
while :; do wait; done
