/** In the order of their numbers, from Linux's table: the guest's, wherever the client runs. */
const names = [
  ...[
    "HUP",
    "INT",
    "QUIT",
    "ILL",
    "TRAP",
    "ABRT",
    "BUS",
    "FPE",
    "KILL",
    "USR1",
    "SEGV",
    "USR2",
    "PIPE",
    "ALRM",
  ],
  ...[
    "TERM",
    "STKFLT",
    "CHLD",
    "CONT",
    "STOP",
    "TSTP",
    "TTIN",
    "TTOU",
    "URG",
    "XCPU",
    "XFSZ",
    "VTALRM",
    "PROF",
  ],
  ...["WINCH", "IO", "PWR", "SYS"],
];
const aliases: Readonly<Record<string, string>> = { IOT: "ABRT", CLD: "CHLD", POLL: "IO" };
const RTMIN = 34;
const RTMAX = 64;

/** A name with or without `SIG`, in any case, a number, `RTMIN+n` or `RTMAX-n`; undefined for anything else. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= RTMAX ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, "");
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime) {
    const distance = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
    const number = (realTime[1] === "MIN" ? RTMIN : RTMAX) + distance;
    return number >= RTMIN && number <= RTMAX ? number : undefined;
  }
  const index = names.indexOf(aliases[name] ?? name);
  return index < 0 ? undefined : index + 1;
}
