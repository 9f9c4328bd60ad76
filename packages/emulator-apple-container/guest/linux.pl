# Calls of the kernel that perl-base has no names for.
use strict;
use warnings;
use POSIX ();

my $arm = (POSIX::uname())[4] eq 'aarch64' ? 1 : 0;
my %number = (
	capset => [126, 91], execve => [59, 221], mknodat => [259, 33], mount => [165, 40], pidfd_open => [434, 434],
	pivot_root => [155, 41], prctl => [157, 167], prlimit64 => [302, 261], setgroups => [116, 159],
	setns => [308, 268], setresgid => [119, 149], setresuid => [117, 147], sethostname => [170, 161],
	umount2 => [166, 39], unshare => [272, 97],
);

our %namespace = (
	mnt => 0x00020000, uts => 0x04000000, ipc => 0x08000000, pid => 0x20000000, net => 0x40000000,
);
our ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $REMOUNT, $BIND, $REC, $PRIVATE) =
	(1, 2, 4, 8, 32, 0x1000, 0x4000, 0x40000);
our $O_PATH = 0x200000;

# -1 on failure, with the reason in $!.
sub call {
	my ($name, @arguments) = @_;
	return syscall($number{$name}[$arm] // die("no call $name"), @arguments);
}

sub mount_on {
	my ($source, $target, $type, $flags, $options) = @_;
	my ($from, $to, $kind, $data) = ("$source", "$target", "$type", $options // '');
	call('mount', $from, $to, $kind, $flags, $data) == 0 or die "mount $target: $!\n";
}

# A mount of what is there already, read-only where that is wanted.
sub bind_on {
	my ($source, $target, $read_only) = @_;
	mount_on($source, $target, '', $BIND | $REC);
	mount_on('', $target, '', $BIND | $REMOUNT | $RDONLY) if $read_only;
}

# What happens to this process when its parent dies; the parent may have died before.
sub die_with_parent {
	my ($parent) = @_;
	call('prctl', 1, 9, 0, 0, 0);
	POSIX::_exit(1) if $parent != 0 && getppid() != $parent;
}

1;
