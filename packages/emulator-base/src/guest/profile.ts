/** What a guest looks like from within. */
export interface GuestProfile {
  readonly os: "linux" | "darwin";
  readonly hostname: string;
  readonly user: GuestUser;
  /** PATH of a session by SSH. */
  readonly sessionPath: string;
}

/** The account of an image. Its password is its name, and it may do everything by `sudo -n`. */
export interface GuestUser {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

export const linuxProfile: GuestProfile = {
  os: "linux",
  hostname: "ubuntu",
  user: { name: "admin", uid: 1000, home: "/home/admin" },
  sessionPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};

export const darwinProfile: GuestProfile = {
  os: "darwin",
  hostname: "admins-Virtual-Machine",
  user: { name: "admin", uid: 1000, home: "/Users/admin" },
  sessionPath: "/usr/bin:/bin:/usr/sbin:/sbin",
};

/** The password `admin`. */
const PASSWORD_HASH =
  "$6$guestadmin$NfhhC6C28f9eQ9Ufrw04vEIVUn7E6wzwDNVcJ3qh.yVXFJqWGd8mCtK2LSsjhP.sero7fG3GX71KOjgob27jh/";

interface SystemFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** What the guest's system is configured by. */
export function systemFiles(profile: GuestProfile): SystemFile[] {
  const { user, hostname } = profile;
  const shell = "/bin/bash";
  const file = (path: string, lines: readonly string[], mode = 0o644) => ({
    path: `etc/${path}`,
    mode,
    text: `${lines.join("\n")}\n`,
  });
  return [
    file("passwd", [
      "root:x:0:0:root:/root:/bin/bash",
      "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
      "sshd:x:102:65534::/run/sshd:/usr/sbin/nologin",
      `${user.name}:x:${user.uid}:${user.uid}:${user.name}:${user.home}:${shell}`,
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    ]),
    file("shadow", ["root:*:19000:0:99999:7:::", `${user.name}:${PASSWORD_HASH}:19000:0:99999:7:::`], 0o600),
    file("group", [
      "root:x:0:",
      "daemon:x:1:",
      "tty:x:5:",
      `sudo:x:27:${user.name}`,
      "shadow:x:42:",
      "utmp:x:43:",
      `staff:x:50:${user.name}`,
      `${user.name}:x:${user.uid}:`,
      "nogroup:x:65534:",
    ]),
    file("hostname", [hostname]),
    file("hosts", ["127.0.0.1 localhost", "::1 localhost", `127.0.1.1 ${hostname}`]),
    file("nsswitch.conf", ["passwd: files", "group: files", "shadow: files", "hosts: files dns"]),
    file("shells", ["/bin/sh", "/bin/bash"]),
    file("environment", [`PATH="${profile.sessionPath}"`]),
    file("profile", [`PATH="${profile.sessionPath}"`, "export PATH"]),
    file("os-release", osRelease(profile)),
    file(
      "sudoers",
      [
        "Defaults env_reset",
        `Defaults secure_path="${profile.sessionPath}"`,
        "Defaults !lecture",
        "root ALL=(ALL:ALL) ALL",
        `${user.name} ALL=(ALL:ALL) NOPASSWD: ALL`,
      ],
      0o440,
    ),
    ...["sudo", "su", "sshd", "other"].map((service) =>
      file(`pam.d/${service}`, [
        ...(service === "su" ? ["auth sufficient pam_rootok.so"] : []),
        "auth required pam_unix.so",
        "account required pam_unix.so",
        "session required pam_permit.so",
      ]),
    ),
    file("ssh/sshd_config", [
      "AcceptEnv LANG LC_*",
      "PasswordAuthentication yes",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "UseDNS no",
      "PrintMotd no",
      "PidFile none",
      `SetEnv PATH=${profile.sessionPath}`,
      "Subsystem sftp internal-sftp",
    ]),
  ];
}

function osRelease({ os }: GuestProfile): string[] {
  if (os === "darwin") return ["ID=darwin"];
  return ['PRETTY_NAME="Emulated guest"', "NAME=Emulated", "ID=emulated", "ID_LIKE=debian"];
}
