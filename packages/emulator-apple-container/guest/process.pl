# Becomes the program that the settings name, inside the guest: its user, limits, capabilities, directory, environment.
use strict;
use warnings;
use Fcntl ();
use POSIX ();

our $DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

my %resource = (
	CPU => 0, FSIZE => 1, DATA => 2, STACK => 3, CORE => 4, RSS => 5, NPROC => 6, NOFILE => 7, MEMLOCK => 8,
	LOCKS => 10, SIGPENDING => 11, MSGQUEUE => 12, NICE => 13, RTPRIO => 14, RTTIME => 15,
);

# Returns never; dies with the words of the failure. The terminal is a number in /dev/pts, if there is one.
sub become {
	my ($settings, $pipes, $terminal) = @_;
	POSIX::setsid();
	umask 022;
	my $user = find_user($settings);
	take_streams($pipes, $user, $terminal);
	limit($_) for @{ $settings->{limit} // [] };
	drop_capabilities($settings->{capability} // []);
	change_user($user);
	my @environment = environment($settings, $user);
	my ($path) = map { /^PATH=(.*)$/s ? $1 : () } @environment;
	enter($settings->{directory}[0] // '/');
	my @argv = @{ $settings->{argument} // [] };
	my $program = find_program($argv[0] // '', $path // $DEFAULT_PATH);
	my @strings = map { "$_\0" } @argv;
	my @variables = map { "$_\0" } @environment;
	my $argument_list = pack('p*', @strings) . pack('J', 0);
	my $variable_list = pack('p*', @variables) . pack('J', 0);
	# The change of the user has undone it.
	die_with_parent(0) if $settings->{root} && !$settings->{init};
	$SIG{$_} = 'DEFAULT' for qw(PIPE CHLD TERM INT HUP FPE);
	call('execve', "$program", $argument_list, $variable_list);
	die "failed to exec [@argv] " . reason() . "\n";
}

# The number of a terminal, or undefined where the streams are pipes.
sub take_streams {
	my ($pipes, $user, $terminal) = @_;
	my $inner = defined $terminal ? enter_terminal($terminal) : undef;
	my @ends = $inner ? ($inner, $inner, $inner) : ($pipes->{in}{read}, $pipes->{out}{write}, $pipes->{error}{write});
	for my $number (0 .. 2) {
		# So that /dev/stdout can be opened by a user who is not root.
		chown $user->{uid}, -1, $ends[$number];
		POSIX::dup2(fileno $ends[$number], $number);
	}
}

# NAME or UID, with :GROUP or :GID or without, as /etc/passwd and /etc/group of the guest know them.
sub find_user {
	my ($settings) = @_;
	my ($name, $group) = split /:/, $settings->{user}[0] // '0', 2;
	my %user = (uid => 0, gid => 0, groups => [], home => '/');
	my $matched;
	for my $line (lines_of('/etc/passwd')) {
		my @fields = split /:/, $line, -1;
		next if @fields < 7;
		next if $name =~ /^\d+$/ ? $fields[2] != $name : $fields[0] ne $name;
		$matched = $fields[0];
		@user{qw(uid gid home)} = @fields[2, 3, 5];
		last;
	}
	if (!defined $matched) {
		die "noPasswdEntries\n" if $name !~ /^\d+$/;
		$user{uid} = $name;
	}
	for my $line (lines_of('/etc/group')) {
		my @fields = split /:/, $line, -1;
		next if @fields < 4;
		if (defined $group && $group ne '') {
			next if $group =~ /^\d+$/ ? $fields[2] != $group : $fields[0] ne $group;
			$user{gid} = $fields[2];
			$group = undef;
			last;
		}
		push @{ $user{groups} }, $fields[2] if defined $matched && grep { $_ eq $matched } split /,/, $fields[3];
	}
	if (defined $group && $group ne '') {
		die "noGroupEntries\n" if $group !~ /^\d+$/;
		$user{gid} = $group;
	}
	push @{ $user{groups} }, @{ $settings->{group} // [] };
	# A call of the kernel takes a text for an address.
	$user{$_} += 0 for qw(uid gid);
	return \%user;
}

sub lines_of {
	my ($path) = @_;
	open(my $file, '<', $path) or return ();
	chomp(my @lines = <$file>);
	return @lines;
}

# NAME SOFT HARD; 18446744073709551615 is no limit.
sub limit {
	my ($name, $soft, $hard) = split / /, $_[0];
	my $limits = pack('QQ', $soft, $hard);
	call('prlimit64', 0, $resource{$name} // die("rlimit key unknown\n"), $limits, 0) == 0
		or die "setrlimit() " . reason() . "\n";
}

# All but these numbers, from the bounding set too.
sub drop_capabilities {
	my ($kept) = @_;
	my %kept = map { $_ => 1 } @$kept;
	for my $number (0 .. 63) {
		next if $kept{$number};
		last if call('prctl', 24, $number, 0, 0, 0) < 0;
	}
	my @halves = (0, 0);
	$halves[$_ >> 5] |= 1 << ($_ & 31) for @$kept;
	# Those that change the user are needed until it is changed; the last call takes them away.
	our @capabilities = @halves;
}

sub change_user {
	my ($user) = @_;
	my @groups = @{ $user->{groups} };
	my $list = pack('L*', @groups);
	call('setgroups', scalar @groups, $list) == 0 or die "setgroups() " . reason() . "\n";
	call('setresgid', $user->{gid}, $user->{gid}, $user->{gid}) == 0 or die "setgid() " . reason() . "\n";
	if ($user->{uid} != 0) {
		call('setresuid', $user->{uid}, $user->{uid}, $user->{uid}) == 0 or die "setuid() " . reason() . "\n";
		return;
	}
	our @capabilities;
	my $header = pack('Ll', 0x20080522, 0);
	my $data = pack('L*', map { ($_, $_, 0) } @capabilities);
	call('capset', $header, $data) == 0 or die "capset() " . reason() . "\n";
}

# As it was given, also a name that stands twice.
sub environment {
	my ($settings, $user) = @_;
	my @given = @{ $settings->{environment} // [] };
	my %named = map { /^([^=]*)=/ ? ($1 => 1) : () } @given;
	push @given, "PATH=$DEFAULT_PATH" if !$named{PATH};
	push @given, "HOME=$user->{home}" if !$named{HOME};
	push @given, 'TERM=xterm' if $settings->{terminal} && !$named{TERM};
	return @given;
}

# Made where it is missing, by the user itself.
sub enter {
	my ($directory) = @_;
	my $path = $directory =~ m{^/} ? '' : '.';
	for my $part (grep { $_ ne '' } split m{/}, $directory) {
		$path .= "/$part";
		next if -d $path || mkdir($path, 0755) || $!{EEXIST};
		die "failed to create directory '$directory' " . reason() . "\n";
	}
	chdir $directory or die "failed to change directory to '$directory' " . reason() . "\n";
}

sub find_program {
	my ($name, $path) = @_;
	my @candidates = $name =~ m{/} ? ($name) : map { ($_ eq '' ? '.' : $_) . "/$name" } split /:/, $path, -1;
	for my $candidate (@candidates) {
		return $candidate if $name ne '' && -f $candidate && -x _;
	}
	die "failed to find target executable $name\n";
}

sub reason {
	my %name = (1 => 'EPERM', 2 => 'ENOENT', 7 => 'E2BIG', 8 => 'ENOEXEC', 13 => 'EACCES', 20 => 'ENOTDIR', 30 => 'EROFS');
	my $number = $! + 0;
	return "POSIXErrorCode(rawValue: $number): " . ($name{$number} // '') . " $!";
}

1;
