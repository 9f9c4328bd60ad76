import type { SandboxEvent } from "@nanoclaw/sandbox";
import { notice } from "./output.js";

/** What is quicker than this is not talked about. In milliseconds. */
const PATIENCE_MS = 1_000;

type Show = (text: string) => void;

/**
 * Tells on standard error what takes longer than a second: a spinner on a terminal, elsewhere a line for each thing that
 * begins. `work` may say what it is at by calling `update`.
 */
export async function withProgress<T>(text: string, work: (update: Show) => Promise<T>): Promise<T> {
  let latest = text;
  let show: Show | undefined;
  let hide: (() => void) | undefined;
  let done = false;
  const begin = async () => {
    if (process.stderr.isTTY && process.env.TERM !== "dumb") {
      const { default: createSpinner } = await import("yocto-spinner");
      if (done) return;
      // Its own handling of signals would end this process before anything is cleaned up.
      const spinner = createSpinner({ text: latest, handleSignals: false }).start();
      show = (next) => {
        spinner.text = next;
      };
      hide = () => spinner.stop();
    } else {
      show = eachOnce(notice);
      show(latest);
    }
  };
  const timer = setTimeout(() => void begin(), PATIENCE_MS);
  try {
    return await work((next) => {
      latest = next;
      show?.(next);
    });
  } finally {
    done = true;
    clearTimeout(timer);
    hide?.();
  }
}

/** A pull says its percentage many times a second; a log wants each line once. */
function eachOnce(print: Show): Show {
  const printed = new Set<string>();
  return (text) => {
    const line = text.replace(/ \(\d+ %\)$/, "");
    if (printed.has(line)) return;
    printed.add(line);
    print(`${line} …`);
  };
}

/** What an event of core means to the person who waits. Events that mean nothing to them give undefined. */
export function progressText(event: SandboxEvent): string | undefined {
  if (event.type !== "progress") return undefined;
  const { message, current, total } = event;
  if (current === undefined || total === undefined || total <= 0) return message;
  return `${message} (${Math.floor((100 * Math.min(current, total)) / total)} %)`;
}
