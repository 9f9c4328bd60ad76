# Descriptor 3 is the outer side of a pseudo terminal.
# terminal.pl run ROWS COLUMNS PATH NAME [ARGUMENT]...: becomes the program, on the inner side, in a session of its own.
# terminal.pl resize ROWS COLUMNS: changes the size.
# terminal.pl copy: copies standard input to the terminal, and what comes from it to standard output until it is closed.
use strict;
use warnings;
use Fcntl;
use POSIX ();

my ($TIOCSCTTY, $TIOCSWINSZ, $TIOCSPTLCK, $TIOCGPTN) = (0x540E, 0x5414, 0x40045431, 0x80045430);
my ($action, $rows, $columns, $path, @argv) = @ARGV;
open(my $outer, '+<&=', 3) or die "descriptor 3: $!";

if ($action eq 'copy') {
	my $writer = fork // die "fork: $!";
	if ($writer == 0) {
		copy(\*STDIN, $outer);
		exit 0;
	}
	copy($outer, \*STDOUT);
	kill 'KILL', $writer;
	waitpid $writer, 0;
	exit 0;
}

my $size = pack('SSSS', $rows, $columns, 0, 0);
ioctl($outer, $TIOCSWINSZ, $size) or die "size: $!";
exit 0 if $action eq 'resize';

my $number = pack('i', 0);
ioctl($outer, $TIOCSPTLCK, $number) or die "unlock: $!";
ioctl($outer, $TIOCGPTN, $number) or die "number: $!";
POSIX::setsid();
sysopen(my $inner, '/dev/pts/' . unpack('i', $number), O_RDWR) or die "terminal: $!";
ioctl($inner, $TIOCSCTTY, 0);
POSIX::dup2(fileno $inner, $_) for 0 .. 2;
POSIX::close(3);
exec { $path } @argv or POSIX::_exit(126);

# Ends at the end of the source; that of a terminal is an error.
sub copy {
	my ($source, $target) = @_;
	while (sysread $source, my $data, 65536) {
		while (length $data) {
			my $written = syswrite $target, $data;
			return if !defined $written;
			substr($data, 0, $written) = '';
		}
	}
}
