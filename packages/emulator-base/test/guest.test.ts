import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { beforeEach, describe, expect, it } from "vitest";
import { darwinProfile, GATEWAY, leftGuests, linuxProfile, whyNoGuests } from "../src/index.js";
import { Guests, inGuest } from "./guests.js";

const reason = whyNoGuests();

describe("a guest", () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  it("sees its own processes, files and name alone", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", linuxProfile));
    expect((await inGuest(guest, "ps -e -o comm=")).text.split(/\s+/)).not.toContain("node");
    expect((await inGuest(guest, "echo mine > /etc/marker; hostname; cat /proc/1/cmdline")).text).toMatch(
      /^ubuntu\n\/bin\/sh/,
    );
    expect(existsSync("/etc/marker")).toBe(false);
    expect(readFileSync(join(guests.directory, "disk/etc/marker"), "utf8")).toBe("mine\n");
    expect((await inGuest(guest, `ls ${guests.directory}`)).code).not.toBe(0);
    expect((await inGuest(guest, "touch /usr/bin/marker")).text).toContain("Read-only file system");
  });

  it("has a user who may do everything by sudo and nothing without", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", linuxProfile));
    expect((await inGuest(guest, "id -un; sudo -n id -un", "admin")).text).toBe("admin\nroot");
    expect((await inGuest(guest, "cat /etc/shadow", "admin")).text).toContain("Permission denied");
  });

  it("keeps its files from one start to the next, and a copy of them has the same host keys", async () => {
    await using guests = new Guests();
    const disk = await guests.disk("disk", linuxProfile);
    const first = await guests.start(disk);
    await inGuest(first, "echo kept > /home/admin/file");
    await first.kill();
    execFileSync("cp", ["-a", disk, join(guests.directory, "copy")]);
    const [again, copy] = [await guests.start(disk), await guests.start(join(guests.directory, "copy"))];
    for (const guest of [again, copy]) {
      expect((await inGuest(guest, "cat /home/admin/file")).text).toBe("kept");
    }
    const keys = await Promise.all([again, copy].map((guest) => hostKey(guest.address, guest)));
    expect(keys[0]).toMatch(/^ssh-ed25519 /);
    expect(keys[1]).toBe(keys[0]);
  });

  it("lets a user in by SSH", async () => {
    await using guests = new Guests();
    const disk = await guests.disk("disk", linuxProfile);
    const key = join(guests.directory, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const guest = await guests.start(disk);
    const publicKey = readFileSync(`${key}.pub`, "utf8").trim();
    await inGuest(guest, `mkdir -m 700 ~/.ssh; echo '${publicKey}' > ~/.ssh/authorized_keys`, "admin");
    await hostKey(guest.address, guest);
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const flags = ["-F", "none", "-i", key, ...options.flatMap((option) => ["-o", option])];
    const output = execFileSync("ssh", [...flags, `admin@${guest.address}`, "id -un; hostname; exit 0"], {
      encoding: "utf8",
    });
    expect(output).toBe("admin\nubuntu\n");
  });

  it("reaches the host, and no other guest", async () => {
    await using guests = new Guests();
    const server = createServer((socket) => socket.end("host\n")).listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const [one, other] = [
      await guests.start(await guests.disk("one", linuxProfile)),
      await guests.start(await guests.disk("other", linuxProfile)),
    ];
    try {
      const fetch = (address: string, number: number) =>
        `bash -c 'exec 3<>/dev/tcp/${address}/${number} && cat <&3'`;
      expect((await inGuest(one, fetch(GATEWAY, port))).text).toBe("host");
      await hostKey(other.address, other);
      expect((await inGuest(one, `timeout 0.5 ${fetch(other.address, 22)}`)).code).not.toBe(0);
    } finally {
      server.close();
    }
  });

  it("shares directories of the host: the host's owner is the guest's user", async () => {
    await using guests = new Guests();
    const shared = join(guests.directory, "shared");
    mkdirSync(shared);
    writeFileSync(join(shared, "from-host"), "host");
    const disk = await guests.disk("disk", linuxProfile);
    const guest = await guests.start(disk, {
      shares: [
        { tag: "work", name: "rw", path: shared, readOnly: false },
        { tag: "work", name: "ro", path: shared, readOnly: true },
      ],
    });
    const script = "sudo mount -t virtiofs work /mnt && echo guest > /mnt/rw/from-guest && cat /mnt/rw/*";
    expect((await inGuest(guest, script, "admin")).text).toBe("guest\nhost");
    expect(statSync(join(shared, "from-guest")).uid).toBe(0);
    expect((await inGuest(guest, "touch /mnt/ro/x", "admin")).text).toContain("Read-only file system");
    expect((await inGuest(guest, "mount -t virtiofs missing /srv")).code).toBe(32);
  });

  it("reaps processes whose parents have ended", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", linuxProfile));
    await inGuest(guest, "(setsid true &) ; (sh -c 'exit 3' &)");
    const zombies = async () => (await inGuest(guest, "ps -e -o stat=")).text.match(/Z/g) ?? [];
    await waitUntilGone(zombies, 2000);
  });

  it("ends when its system is switched off", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", linuxProfile));
    await inGuest(guest, "sudo -n shutdown -h now", "admin");
    expect(await guest.ended).toBe("powered off");
    expect(await leftGuests(guests.directory)).toEqual([]);
    const other = await guests.start(join(guests.directory, "disk"));
    other.powerOff();
    expect(await other.ended).toBe("powered off");
  });

  it("leaves nothing when it cannot start", async () => {
    await using guests = new Guests();
    const disk = await guests.disk("disk", linuxProfile);
    const missing = { tag: "work", path: join(guests.directory, "missing"), readOnly: false };
    await expect(guests.start(disk, { shares: [missing] })).rejects.toThrow(/missing/);
    expect(await leftGuests(guests.directory)).toEqual([]);
  });

  it("keeps packets in that are not to leave it", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", linuxProfile));
    await guest.filter([{ network: `${GATEWAY}/32`, verdict: "DROP" }]);
    const { code } = await inGuest(guest, `timeout 0.5 bash -c 'exec 3<>/dev/tcp/${GATEWAY}/22'`);
    expect(code).toBe(124);
  });

  it("looks like a Mac where it can", async () => {
    await using guests = new Guests();
    const guest = await guests.start(await guests.disk("disk", darwinProfile));
    const { text } = await inGuest(
      guest,
      "cd; pwd; readlink /tmp /etc; ls -d /Volumes; sudo -n id -u",
      "admin",
    );
    expect(text.split("\n")).toEqual(["/Users/admin", "private/tmp", "private/etc", "/Volumes", "0"]);
  });

  it("has no open files of the process that runs it, and dies with it, by SIGKILL too", async () => {
    await using guests = new Guests();
    const disk = await guests.disk("disk", linuxProfile);
    const program = fileURLToPath(new URL("owner.mjs", import.meta.url));
    // With a file open that is none of the guest's. Node keeps those with low numbers to itself.
    const opening = ["-c", 'exec 251</dev/full; exec "$@"', "bash", process.execPath, program];
    const owner = spawn("bash", [...opening, disk, guests.support, guests.directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [pid] = (await once(owner.stdout, "data")) as [Buffer];
    expect(readdirSync(`/proc/${Number(pid)}/fd`)).not.toContain("251");
    expect(await leftGuests(guests.directory)).not.toEqual([]);
    owner.kill("SIGKILL");
    await waitUntilGone(() => leftGuests(guests.directory), 5000);
  });
});

/** The host key that the guest's SSH server shows. Waits for the server. */
async function hostKey(address: string, guest: { startService(name: string): void }): Promise<string> {
  guest.startService("sshd");
  let key = "";
  const look = () => {
    // Fails while nobody listens.
    const { stdout } = spawnSync("ssh-keyscan", ["-T", "1", "-t", "ed25519", address], { encoding: "utf8" });
    key = stdout.trim().replace(/^\S+ /, "");
    return key === "";
  };
  await waitUntilGone(look, 5000);
  return key;
}
