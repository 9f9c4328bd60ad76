# How the service and these programs speak: settings come first on standard input, then a line for each request; lines
# go back on standard output.
use strict;
use warnings;

# A line with the number of bytes, then NAME=VALUE with a zero byte behind each. A name may stand several times.
sub read_settings {
	my $length = read_line() // die "no settings\n";
	my $text = '';
	while (length $text < $length) {
		sysread(STDIN, $text, $length - length $text, length $text) or die "settings end early\n";
	}
	my %settings;
	for my $entry (split /\0/, $text) {
		my ($name, $value) = split /=/, $entry, 2;
		push @{ $settings{$name} }, $value;
	}
	return \%settings;
}

# Byte by byte: what follows is for the next reader. Undefined when the service is gone.
sub read_line {
	my $line = '';
	while (1) {
		my $count = sysread(STDIN, my $byte, 1);
		return undef if !$count;
		return $line if $byte eq "\n";
		$line .= $byte;
	}
}

# A line that nobody reads any more is lost and harmless.
sub say_line {
	my ($line) = @_;
	local $SIG{PIPE} = 'IGNORE';
	$line =~ s/\n/ /g;
	syswrite(STDOUT, "$line\n");
}

# The pipes of the process: the service opens its ends through /proc and then says go.
sub exchange_pipes {
	my ($settings) = @_;
	my %pipes;
	my @names = ($settings->{interactive} ? 'in' : (), 'out', 'error');
	pipe($pipes{$_}{read}, $pipes{$_}{write}) or die "pipe: $!\n" for @names;
	say_line(join ' ', 'pipes', map {
		my $end = $pipes{$_}{$_ eq 'in' ? 'write' : 'read'};
		"$_=" . fileno($end);
	} @names);
	return undef if (read_line() // '') ne 'go';
	close $pipes{in}{write} if $pipes{in};
	if (!$pipes{in}) {
		open($pipes{in}{read}, '<', '/dev/null') or die "/dev/null: $!\n";
	}
	return \%pipes;
}

# Open files of whoever runs the emulator are none of a guest's. What perl opens itself closes anyway.
sub close_inherited_on_exec {
	opendir(my $directory, '/proc/self/fd') or die "/proc/self/fd: $!\n";
	for my $number (grep { /^\d+$/ && $_ > 2 } readdir $directory) {
		open(my $file, '<&=', $number) or next;
		fcntl($file, 2, 1);
		# Not to be closed by the end of the variable.
		our @inherited;
		push @inherited, $file;
	}
}

# 128 and the number of the signal, as a shell tells it.
sub exit_code {
	my ($status) = @_;
	return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

# The control groups of the container: opened while the host's files can be seen, joined by who is to be limited.
sub open_groups {
	my ($settings) = @_;
	return map {
		open(my $file, '>', "$_/cgroup.procs") or die "$_: $!\n";
		$file;
	} @{ $settings->{cgroup} // [] };
}

sub join_groups {
	defined syswrite($_, '0') or die "control group: $!\n" for @_;
}

1;
