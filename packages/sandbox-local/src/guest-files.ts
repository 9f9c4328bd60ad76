import { guestUser } from "./arguments.js";

/** Files that the guest needs and that must not be the host's: those name its users and its network. */
export function guestFiles(hostname: string, hostsOfHost?: string): Map<string, string> {
  const { id, name, home } = guestUser;
  return new Map([
    [
      "/etc/passwd",
      `root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${id}:${id}::${home}:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    ],
    ["/etc/group", `root:x:0:\n${name}:x:${id}:\nnogroup:x:65534:\n`],
    ["/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"],
    ["/etc/hosts", `${hostsOfHost ?? "127.0.0.1\tlocalhost\n::1\tlocalhost\n"}\n127.0.0.1\t${hostname}\n`],
  ]);
}
