# bind-share.pl SOURCE TARGET, in a directory with the guest's proc: what the host shares, as a VM's shared directory shows it: its owner on the host
# (root, who runs the guests) and the guest's user 1000 are one and the same. A mount with changed owners does that;
# neither Node nor a program of Debian 12 can make one. Where the file system does not know such mounts the owners
# stay as they are.
use strict;
use warnings;
use Fcntl;

my ($source, $target) = @ARGV;
my ($AT_FDCWD, $AT_EMPTY_PATH, $OPEN_TREE_CLONE, $O_CLOEXEC) = (-100, 0x1000, 1, 02000000);
my ($open_tree, $move_mount, $mount_setattr) = (428, 429, 442);
my ($MOUNT_ATTR_IDMAP, $MOVE_MOUNT_F_EMPTY_PATH) = (0x00100000, 4);

# A user namespace is nothing but the carrier of the map.
pipe(my $ready, my $tell) or die "pipe: $!";
pipe(my $wait, my $release) or die "pipe: $!";
my $child = fork // die "fork: $!";
if ($child == 0) {
	close $release;
	$SIG{PIPE} = 'DEFAULT';
	open(STDOUT, '>&', $tell) or die;
	open(STDIN, '<&', $wait) or die;
	close $tell;
	exec 'unshare', '--user', 'sh', '-c', 'echo; read line';
}
close $tell;
close $wait;
my $started = <$ready>;
my $map = "0 1000 1\n1 1 999\n1000 0 1\n1001 1001 60000\n";
for my $file ('uid_map', 'gid_map') {
	open(my $handle, '>', "proc/$child/$file") or die "$file: $!";
	syswrite($handle, $map) or die "$file: $!";
	close $handle;
}
sysopen(my $namespace, "proc/$child/ns/user", O_RDONLY) or die "namespace: $!";

my $tree = syscall($open_tree, $AT_FDCWD, "$source", $OPEN_TREE_CLONE | $O_CLOEXEC);
die "bind-share: $source: $!\n" if $tree < 0;
my $attributes = pack('QQQQ', $MOUNT_ATTR_IDMAP, 0, 0, fileno($namespace));
my $empty = '';
syscall($mount_setattr, $tree, $empty, $AT_EMPTY_PATH, $attributes, length $attributes);
syscall($move_mount, $tree, $empty, $AT_FDCWD, "$target", $MOVE_MOUNT_F_EMPTY_PATH) == 0
	or die "bind-share: $target: $!\n";
close $release;
waitpid $child, 0;
