import type { SandboxEvent } from "@nanoclaw/sandbox";
import createSpinner from "yocto-spinner";
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
  let progress: Progress | undefined;
  const timer = setTimeout(() => {
    progress = process.stderr.isTTY && process.env.TERM !== "dumb" ? spinner(latest) : lines(latest);
  }, PATIENCE_MS);
  try {
    return await work((next) => {
      latest = next;
      progress?.show(next);
    });
  } finally {
    clearTimeout(timer);
    progress?.hide();
  }
}

interface Progress {
  readonly show: Show;
  hide(): void;
}

function spinner(first: string): Progress {
  // Its own handling of signals would end this process before anything is cleaned up.
  const shown = createSpinner({ text: first, handleSignals: false }).start();
  return {
    show: (text) => {
      shown.text = text;
    },
    hide: () => shown.stop(),
  };
}

/** A pull says its percentage many times a second; a log wants each line once. */
function lines(first: string): Progress {
  const printed = new Set<string>();
  const show = (text: string) => {
    const line = text.replace(/ \(\d+ %\)$/, "");
    if (printed.has(line)) return;
    printed.add(line);
    notice(`${line} …`);
  };
  show(first);
  return { show, hide: () => undefined };
}

/** What an event of core means to the person who waits. Events that mean nothing to them give undefined. */
export function progressText(event: SandboxEvent): string | undefined {
  if (event.type !== "progress") return undefined;
  const { message, current, total } = event;
  if (current === undefined || total === undefined || total <= 0) return message;
  return `${message} (${Math.floor((100 * Math.min(current, total)) / total)} %)`;
}
