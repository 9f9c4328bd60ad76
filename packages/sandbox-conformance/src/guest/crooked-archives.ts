interface Entry {
  readonly name: string;
  readonly type: "file" | "hard link" | "symlink" | "directory" | "device";
  readonly link?: string;
  readonly content?: string;
  readonly mode?: number;
}

const typeFlags = { file: "0", "hard link": "1", symlink: "2", device: "3", directory: "5" };

/** A tar archive in the ustar format that holds whatever it is told, honest or not. */
function archive(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, type, link = "", content = "", mode = 0o755 } of entries) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write(
      `${mode.toString(8).padStart(7, "0")}\0${"0".padStart(7, "0")}\0${"0".padStart(7, "0")}\0`,
      100,
    );
    header.write(`${content.length.toString(8).padStart(11, "0")}\0${"0".padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(typeFlags[type], 156);
    header.write(link, 157, 100);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, Buffer.from(content.padEnd(Math.ceil(content.length / 512) * 512, "\0")));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Archives that try to write outside of where they are unpacked. `root` is the name that is expected. */
export function crookedArchives(root: string, outside: string): Record<string, Buffer> {
  const evil = { type: "file", content: "evil" } as const;
  return {
    "way-up": archive([
      { name: root, type: "directory" },
      { name: `${root}/../../../outside/evil`, ...evil },
    ]),
    "way-up-first": archive([
      { name: "../../outside/evil", ...evil },
      { name: root, ...evil },
    ]),
    absolute: archive([
      { name: root, type: "directory" },
      { name: `${outside}/evil`, ...evil },
    ]),
    "through-symlink": archive([
      { name: root, type: "directory" },
      { name: `${root}/link`, type: "symlink", link: outside },
      { name: `${root}/link/evil`, ...evil },
    ]),
    "through-relative-symlink": archive([
      { name: root, type: "directory" },
      { name: `${root}/link`, type: "symlink", link: "../../../outside" },
      { name: `${root}/link/evil`, ...evil },
    ]),
    "root-is-symlink": archive([
      { name: root, type: "symlink", link: outside },
      { name: `${root}/evil`, ...evil },
    ]),
    "through-file-symlink": archive([
      { name: root, type: "symlink", link: `${outside}/precious` },
      { name: root, ...evil },
    ]),
    "through-hard-link": archive([
      { name: root, type: "hard link", link: `${outside}/precious` },
      { name: root, ...evil },
    ]),
    "hard-link-inside": archive([
      { name: root, type: "directory" },
      { name: `${root}/link`, type: "hard link", link: `${outside}/precious` },
      { name: `${root}/link`, ...evil },
    ]),
    "set-user-id": archive([{ name: root, type: "file", content: "x", mode: 0o6755 }]),
    device: archive([{ name: root, type: "device" }]),
    nothing: archive([]),
    "another-name": archive([{ name: "other", ...evil }]),
  };
}

/** A program to be found as `tar` in the guest: it packs by giving out a file, and unpacks nothing. */
export function standInForTar(directory: string): string {
  return `#!/bin/sh\ncase $1 in *c*) cat ${directory}/archive ;; *) cat >/dev/null ;; esac\n`;
}
