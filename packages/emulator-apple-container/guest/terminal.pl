# A pseudo terminal of a guest. Its outer end is the host's, and what goes in and out there are the process's pipes.
use strict;
use warnings;
use Fcntl qw(O_RDWR O_NOCTTY);
use POSIX ();

my ($TIOCSCTTY, $TIOCSPTLCK, $TIOCGPTN) = (0x540E, 0x40045431, 0x80045430);

# The outer end, and the number of the inner one in /dev/pts. The number is that of a process of the guest.
sub open_terminal {
	my ($pid) = @_;
	my $path = "/proc/$pid/root/dev/pts/ptmx";
	sysopen(my $outer, $path, O_RDWR | O_NOCTTY) or die "$path: $!\n";
	my $number = pack('i', 0);
	ioctl($outer, $TIOCSPTLCK, $number) or die "unlock: $!\n";
	ioctl($outer, $TIOCGPTN, $number) or die "number: $!\n";
	return ($outer, unpack('i', $number));
}

# The inner end, which becomes the terminal of this session.
sub enter_terminal {
	my ($number) = @_;
	sysopen(my $inner, "/dev/pts/$number", O_RDWR) or die "terminal: $!\n";
	ioctl($inner, $TIOCSCTTY, 0) or die "setctty(): $!\n";
	return $inner;
}

# Copies between a terminal's outer end and the pipes of a process, until nobody has the inner end any more.
sub relay_terminal {
	my ($outer, $pipes) = @_;
	close STDIN;
	close STDOUT;
	close $pipes->{error}{write};
	my $input = $pipes->{in}{read};
	while (1) {
		my $bits = '';
		vec($bits, fileno $_, 1) = 1 for $outer, ($input ? $input : ());
		select(my $ready = $bits, undef, undef, undef) > 0 or next;
		if (vec($ready, fileno $outer, 1)) {
			# The end of a terminal is an error.
			pass($outer, $pipes->{out}{write}) or POSIX::_exit(0);
		}
		if ($input && vec($ready, fileno $input, 1)) {
			pass($input, $outer) or undef $input;
		}
	}
}

sub pass {
	my ($source, $target) = @_;
	sysread($source, my $data, 65536) or return 0;
	while (length $data) {
		my $written = syswrite($target, $data) // return 0;
		substr($data, 0, $written) = '';
	}
	return 1;
}

1;
