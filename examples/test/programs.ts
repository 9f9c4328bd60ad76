import type { Capabilities } from "@nanoclaw/sandbox";

/** What a program must print, and what it needs. */
export interface Program {
  readonly prints: string | RegExp;
  /** Abilities that a host may lack. Default: none. */
  needs?(capabilities: Capabilities): boolean;
  /** Programs of the guest. Default: none beside a shell and its usual companions. */
  readonly guestPrograms?: readonly string[];
}

const limited = ({ limits }: Capabilities): boolean => limits.memoryMiB && limits.cpuCount && limits.pidCount;

/** Every program of this folder. */
export const programs: Readonly<Record<string, Program>> = {
  "first-sandbox": { prints: "0 42\n" },
  "untrusted-script": { prints: "it took too long, and all of it is gone\n", needs: limited },
  commands: {
    prints: [
      "$HOME a  b 2",
      "3 [ '/tmp', 'hello', 'from standard input', '' ]",
      "null SIGTERM",
      "127",
      "The command exited with 1. reason",
      "",
    ].join("\n"),
  },
  processes: { prints: "compiling\n3 true\n[ 'apple', 'pear', '' ]\nSIGKILL\n" },
  terminal: { prints: /40 120\r?\n[\s\S]*5\n$/, needs: ({ terminals }) => terminals },
  files: {
    prints: "[ 'wc -c\\n', 6, '755', [ 'run.sh' ] ]\nfalse\nsome input\n11\n",
  },
  mounts: { prints: "true true\ntrue\n" },
  limits: {
    prints: 'true SIGKILL\ntrue true\nUse network: "none", or "open" with a firewall of yours.\n',
    needs: limited,
    guestPrograms: ["awk"],
  },
  "dev-server": { prints: "from the sandbox\n", guestPrograms: ["node"] },
  secrets: { prints: "north, a key of 10 characters\n" },
  "keep-and-attach": { prints: /^something odd\nsandbox-[0-9a-f]{16}\n$/ },
  "time-limits": {
    prints: "exec took longer than 500 ms. begun\nthe user pressed Stop\n0 left\n",
  },
  errors: {
    prints: [
      'files.read: "/tmp/nothing" does not exist.',
      "The working directory does not exist in the sandbox.",
      "The sandbox was destroyed.",
      "",
    ].join("\n"),
  },
  events: {
    prints: "create ok true\nexec ok true\nfiles.read file_not_found true\ndestroy ok true\n",
  },
  garbage: {
    prints: "{ purpose: 'example' } running { ownerAlive: true, kept: false, orphaned: false }\n0 0\n0\n",
  },
  "swap-engines": {
    prints:
      /^(local true true\nprocess true true\nlocal isolates by "process"|docker true true\ncontainer true true\ndocker isolates by "container"), and "vm" is required\.\n$/,
  },
};
