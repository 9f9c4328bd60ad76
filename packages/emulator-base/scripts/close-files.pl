# close-files.pl PROGRAM [ARGUMENT]...: becomes the program, with no open files but the standard ones. What whoever
# runs the emulator has open is none of a guest's, and Node hands on what it has inherited itself.
use strict;
use warnings;

opendir(my $directory, '/proc/self/fd') or die "/proc/self/fd: $!";
my @open = grep { /^\d+$/ && $_ > 2 } readdir $directory;
closedir $directory;
for my $descriptor (@open) {
	# The directory's own is closed already.
	open(my $file, '<&=', $descriptor) or next;
	close $file;
}
exec @ARGV or die "$ARGV[0]: $!";
