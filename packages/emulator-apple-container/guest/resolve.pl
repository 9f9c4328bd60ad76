# resolve.pl PID PATH: where a path of a container's leads inside it, with all links followed as the container's
# processes would: "TYPE PATH", and the type is directory, file or missing. What is missing keeps its words.
use strict;
use warnings;
use Cwd ();

my ($here) = $0 =~ m{^(.*)/};
require "$here/linux.pl";

our %namespace;
my ($pid, $path) = @ARGV;
open(my $door, '<', "/proc/$pid/ns/mnt") or die "no container runs: $!\n";
call('setns', fileno $door, $namespace{mnt}) == 0 or die "setns: $!\n";
chdir '/';

my ($known, @rest) = ('/');
for my $part (grep { $_ ne '' && $_ ne '.' } split m{/}, $path) {
	my $next = $known eq '/' ? "/$part" : "$known/$part";
	if (!@rest && -e $next) { $known = Cwd::realpath($next) }
	else { push @rest, $part }
}
my $whole = join '/', $known eq '/' ? '' : $known, @rest;
my $type = @rest ? 'missing' : -d $known ? 'directory' : 'file';
print "$type ", $whole eq '' ? '/' : $whole;
