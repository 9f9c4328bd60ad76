# Another process in a container that runs: enters its namespaces and becomes the program.
use strict;
use warnings;

my ($here) = $0 =~ m{^(.*)/};
require "$here/linux.pl";
require "$here/conversation.pl";
require "$here/process.pl";
require "$here/terminal.pl";

our %namespace;
close_inherited_on_exec();
my $settings = read_settings();
my $pipes = exchange_pipes($settings) // exit 1;
my $container = $settings->{container}[0];
my @doors = map { open_namespace($container, $_) } qw(ipc uts net pid mnt);
my @groups = open_groups($settings);
my $terminal = $settings->{terminal} ? start_relay() : undef;
for my $door (@doors) {
	call('setns', fileno $door->{file}, $namespace{ $door->{name} }) == 0 or die "setns: $!\n";
}
pipe(my $news, my $tell) or die "pipe: $!\n";
my $child = fork // die "fork: $!\n";
if ($child == 0) {
	close $news;
	eval {
		join_groups(@groups);
		become($settings, $pipes, $terminal);
	};
	syswrite($tell, "failed $@");
	POSIX::_exit(1);
}
close $tell;
close $pipes->{in}{read};
close $pipes->{$_}{write} for qw(out error);
my $text = '';
while (sysread($news, $text, 4096, length $text)) { }
say_line($text =~ /^failed (.*)/s ? "failed $1" : 'started');
waitpid $child, 0;
say_line('ended ' . exit_code($?));

sub open_namespace {
	my ($pid, $name) = @_;
	open(my $file, '<', "/proc/$pid/ns/$name") or die "no container runs: $!\n";
	return { name => $name, file => $file };
}

# Before the guest's namespaces are entered: its own processes see the relay not and wait for it not.
sub start_relay {
	my ($outer, $number) = open_terminal($container);
	my $relay = fork // die "fork: $!\n";
	relay_terminal($outer, $pipes) if $relay == 0;
	return $number;
}
