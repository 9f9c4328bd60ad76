# Run in the guest's root directory before it is the root: what a Mac has, and what it has not.
cp "$support"/sbin-darwin/* usr/sbin/
: >run/guest/absent
for program in setsid prlimit unshare nsenter; do
	if [ -e "usr/bin/$program" ]; then mount --bind run/guest/absent "usr/bin/$program"; fi
done
