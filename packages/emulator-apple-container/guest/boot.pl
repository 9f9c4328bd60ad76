# What a container sees when it starts: its own files, devices and mounts. Runs as the first process in its namespaces.
use strict;
use warnings;
use Fcntl qw(O_RDONLY);
use POSIX ();
use Socket ();

our ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $REMOUNT, $BIND, $REC, $PRIVATE, $O_PATH);

sub boot {
	my ($settings) = @_;
	my $root = $settings->{root}[0];
	mount_on('', '/', '', $REC | $PRIVATE);
	mount_on($root, $root, '', $BIND);
	# Opened before the host's files are out of sight, mounted when links lead where the guest would have them lead.
	my @shares = map { open_share($_) } @{ $settings->{share} // [] };
	chdir $root or die "$root: $!\n";
	my ($here, $there) = ('.', '.');
	call('pivot_root', $here, $there) == 0 or die "pivot_root: $!\n";

	mount_on('proc', ensure('/proc'), 'proc', $NOSUID | $NODEV | $NOEXEC);
	mount_on('sysfs', ensure('/sys'), 'sysfs', $NOSUID | $NODEV | $NOEXEC | $RDONLY);
	make_devices($settings->{shm}[0] // 67108864);
	for my $share (@shares) {
		my $target = $share->{is_directory} ? ensure($share->{target}) : ensure_file($share->{target});
		bind_on('/proc/self/fd/' . fileno($share->{source}), $target, $share->{read_only});
	}
	for my $entry (@{ $settings->{tmpfs} // [] }) {
		my ($options, $target) = split / /, $entry, 2;
		mount_on('tmpfs', ensure($target), 'tmpfs', $NOSUID | $NODEV, $options);
	}
	call('umount2', $here, 2) == 0 or die "umount: $!\n";
	chdir '/' or die "/: $!\n";

	my $name = $settings->{hostname}[0];
	call('sethostname', $name, length $name) == 0 or die "hostname: $!\n";
	ensure('/etc');
	for my $entry (@{ $settings->{file} // [] }) {
		my ($path, $text) = split /\n/, $entry, 2;
		write_file($path, $text);
	}
	hide($_) for @{ $settings->{masked} // [] };
	for my $path (@{ $settings->{readonly} // [] }) {
		bind_on($path, $path, 1) if -e $path;
	}
	mount_on('', '/', '', $BIND | $REMOUNT | $RDONLY) if $settings->{sealed};
	raise_loopback();
}

# MODE TARGET\nSOURCE
sub open_share {
	my ($head, $source) = split /\n/, $_[0], 2;
	my ($mode, $target) = split / /, $head, 2;
	sysopen(my $file, $source, $O_PATH) or die "mount source path '$source' does not exist\n";
	return { source => $file, target => $target, read_only => $mode eq 'ro', is_directory => -d $source };
}

sub ensure {
	my ($path) = @_;
	my $made = '';
	for my $part (grep { $_ ne '' } split m{/}, $path) {
		$made .= "/$part";
		next if -d $made || mkdir($made, 0755);
		die "mkdir $made: $!\n";
	}
	return $made eq '' ? '/' : $made;
}

sub ensure_file {
	my ($path) = @_;
	my ($directory) = $path =~ m{^(.*)/[^/]*$}s;
	ensure($directory);
	if (!-e $path) { open(my $file, '>', $path) or die "$path: $!\n" }
	return $path;
}

sub write_file {
	my ($path, $text) = @_;
	unlink $path if -l $path;
	open(my $file, '>', $path) or die "$path: $!\n";
	print {$file} $text;
	close $file;
	chmod 0644, $path;
}

sub make_devices {
	my ($shm_bytes) = @_;
	mount_on('tmpfs', ensure('/dev'), 'tmpfs', $NOSUID, 'mode=755');
	my %device = (null => [1, 3], zero => [1, 5], full => [1, 7], random => [1, 8], urandom => [1, 9], tty => [5, 0]);
	umask 0;
	for my $name (sort keys %device) {
		my ($major, $minor) = @{ $device{$name} };
		my $path = "/dev/$name";
		call('mknodat', -100, $path, 0020666, $major * 256 + $minor) == 0 or die "$path: $!\n";
	}
	mkdir '/dev/pts';
	mkdir '/dev/shm';
	umask 022;
	mount_on('devpts', '/dev/pts', 'devpts', $NOSUID | $NOEXEC, 'newinstance,ptmxmode=0666,mode=0620,gid=5');
	mount_on('tmpfs', '/dev/shm', 'tmpfs', $NOSUID | $NODEV | $NOEXEC, "mode=1777,size=$shm_bytes");
	symlink 'pts/ptmx', '/dev/ptmx';
	symlink '/proc/self/fd', '/dev/fd';
	symlink "/proc/self/fd/$_->[1]", "/dev/$_->[0]" for ['stdin', 0], ['stdout', 1], ['stderr', 2];
}

sub hide {
	my ($path) = @_;
	if (-d $path) { mount_on('tmpfs', $path, 'tmpfs', $RDONLY) }
	elsif (-e $path) { mount_on('/dev/null', $path, '', $BIND) }
}

sub raise_loopback {
	socket(my $socket, Socket::AF_INET(), Socket::SOCK_DGRAM(), 0) or die "socket: $!\n";
	my $request = pack('a16 s x22', 'lo', 0x41);
	ioctl($socket, 0x8914, $request) or die "lo: $!\n";
}

# The program as the first process, or below a small init.
sub run_first {
	my ($settings, $pipes, $tell, $terminal) = @_;
	become($settings, $pipes, $terminal) if !$settings->{init};
	my $child = fork // die "fork: $!\n";
	become_or_tell($settings, $pipes, $tell, $terminal) if $child == 0;
	close $tell;
	$0 = 'init';
	for my $pipe (values %$pipes) { close $_ for values %$pipe }
	open(STDIN, '<', '/dev/null');
	open(STDOUT, '>', '/dev/null');
	open(STDERR, '>', '/dev/null');
	for my $name (qw(HUP INT QUIT TERM USR1 USR2 WINCH CONT)) {
		$SIG{$name} = sub { kill $name, $child };
	}
	while (1) {
		my $ended = wait;
		POSIX::_exit(exit_code($?)) if $ended == $child;
	}
}

sub become_or_tell {
	my ($settings, $pipes, $tell, $terminal) = @_;
	eval { become($settings, $pipes, $terminal) };
	syswrite($tell, "failed $@");
	POSIX::_exit(1);
}

1;
