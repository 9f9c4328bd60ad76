import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

/** Says how far a run is. */
export interface Progress {
  /** A line that stays. */
  say(line: string): void;
  /** What is going on now: on a terminal it takes the place of what was said before, elsewhere it is not shown. */
  now(text: string): void;
  /** Takes away what `now` wrote. */
  clear(): void;
}

export function progressTo(stream: NodeJS.WriteStream | WriteStream): Progress {
  const clear = () => {
    if (!stream.isTTY) return;
    clearLine(stream, 0);
    cursorTo(stream, 0);
  };
  return {
    clear,
    say(line) {
      clear();
      stream.write(`${line}\n`);
    },
    now(text) {
      if (!stream.isTTY) return;
      clear();
      stream.write(text.slice(0, (stream.columns ?? 80) - 1));
    },
  };
}
