# terminal.pl run ROWS COLUMNS PATH NAME [ARGUMENT]...: becomes the program, on the pseudo terminal whose other side is
# descriptor 3, in a session of its own.
# terminal.pl resize ROWS COLUMNS: changes the size of that terminal.
use strict;
use warnings;
use Fcntl;
use POSIX ();

my ($TIOCSCTTY, $TIOCSWINSZ, $TIOCSPTLCK, $TIOCGPTN) = (0x540E, 0x5414, 0x40045431, 0x80045430);
my ($action, $rows, $columns, $path, @argv) = @ARGV;
open(my $other, '+<&=', 3) or die "descriptor 3: $!";
ioctl($other, $TIOCSWINSZ, pack('SSSS', $rows, $columns, 0, 0)) or die "size: $!";
exit 0 if $action eq 'resize';

ioctl($other, $TIOCSPTLCK, pack('i', 0)) or die "unlock: $!";
my $number = pack('i', 0);
ioctl($other, $TIOCGPTN, $number) or die "number: $!";
POSIX::setsid();
sysopen(my $terminal, '/dev/pts/' . unpack('i', $number), O_RDWR) or die "terminal: $!";
ioctl($terminal, $TIOCSCTTY, 0);
POSIX::dup2(fileno $terminal, $_) for 0 .. 2;
POSIX::close(3);
exec { $path } @argv or POSIX::_exit(126);
