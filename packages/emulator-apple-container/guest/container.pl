# The helper of one container, which lives outside: makes the namespaces, and ends when the first process has ended.
# It goes on without the service. Where descriptor 3 is whom the emulator belongs to, the container ends with that.
use strict;
use warnings;

my ($here) = $0 =~ m{^(.*)/};
require "$here/linux.pl";
require "$here/conversation.pl";
require "$here/process.pl";
require "$here/terminal.pl";
require "$here/boot.pl";

our %namespace;
close_inherited_on_exec();
my $settings = read_settings();
my $has_owner = $settings->{owned} ? 1 : 0;
my $pipes = exchange_pipes($settings) // exit 1;

my @groups = open_groups($settings);
pipe(my $wait, my $release) or die "pipe: $!\n";
my $relay = $settings->{terminal} ? start_relay() : undef;
call('unshare', $namespace{pid}) == 0 or die "unshare: $!\n";
pipe(my $news, my $tell) or die "pipe: $!\n";
my $child = fork // die "fork: $!\n";
if ($child == 0) {
	# In the new namespace the parent has no number.
	die_with_parent(0);
	close $news;
	close $release;
	eval {
		join_groups(@groups);
		call('unshare', $namespace{mnt} | $namespace{uts} | $namespace{ipc} | $namespace{net}) == 0
			or die "unshare: $!\n";
		boot($settings);
		syswrite($tell, "booted\n");
		sysread($wait, my $go, 32) or POSIX::_exit(1);
		run_first($settings, $pipes, $tell, $go eq '-' ? undef : $go);
	};
	syswrite($tell, "failed $@");
	POSIX::_exit(1);
}
close $tell;
close $wait;

my $ended = call('pidfd_open', $child, 0);
die "pidfd_open: $!\n" if $ended < 0;
open(my $end, '<&=', $ended) or die "pidfd: $!\n";
my $owner;
open($owner, '<&=', 3) or die "descriptor 3: $!\n" if $has_owner;
my %watched = (end => $end, input => \*STDIN, news => $news, ($owner ? (owner => $owner) : ()));
my $text = '';

while (1) {
	my $bits = '';
	vec($bits, fileno $_, 1) = 1 for values %watched;
	select(my $ready = $bits, undef, undef, undef) > 0 or next;
	my %ready = map { $_ => vec($ready, fileno $watched{$_}, 1) } keys %watched;
	take_news() if $ready{news};
	if ($ready{input}) {
		my $request = read_line();
		if (!defined $request) { delete $watched{input} }
		elsif ($request eq 'start') { start_program() }
		elsif ($request =~ /^kill (\d+)$/) { kill $1, $child }
	}
	if ($ready{owner}) {
		kill 'KILL', $child;
		delete $watched{owner};
	}
	if ($ready{end}) {
		# What it has said before its end comes first.
		take_news() while $watched{news};
		waitpid $child, 0;
		my $code = exit_code($?);
		for my $directory (@{ $settings->{cgroup} // [] }) {
			rmdir $directory;
		}
		say_line("ended $code");
		exit 0;
	}
}

# The reading ends of outputs stay open: without the service the program must not be ended by its own output.
sub start_program {
	if ($relay) { syswrite($relay, "$child\n") }
	else { syswrite($release, '-') }
	close $pipes->{in}{read};
	close $pipes->{$_}{write} for qw(out error);
}

# Before there is a namespace for processes: the container's own see the relay not and wait for it not. It is told the
# number of the first process, and tells that the number of its terminal.
sub start_relay {
	pipe(my $ask, my $tell_relay) or die "pipe: $!\n";
	my $child = fork // die "fork: $!\n";
	return $tell_relay if $child != 0;
	close $tell_relay;
	chomp(my $pid = <$ask> // POSIX::_exit(0));
	my ($outer, $number) = open_terminal($pid);
	syswrite($release, $number);
	close $release;
	relay_terminal($outer, $pipes);
}

# The end without a word is the start: the program has taken the place of what would have said it.
sub take_news {
	if (sysread($watched{news}, $text, 4096, length $text)) {
		say_line("booted $child") if $text =~ s/^booted\n//;
		return;
	}
	delete $watched{news};
	say_line($text =~ /^failed (.*)/s ? "failed $1" : 'started');
}
