import { abortable, inTurn } from "@nanoclaw/sandbox/adapter";
import type { Tart } from "./engine.js";
import type { ListedVm } from "./vm-list.js";

/** Lists that are asked for and have not begun. */
const waiting = new Map<string, Promise<ListedVm[]>>();

/**
 * `tart list` as it is after this call, for many that ask at once: one answer does for all who asked before it began.
 * The machines of a killed owner are removed together, and every one that vanishes can break a list (openai/tart#1353).
 */
export async function sharedList(tart: Tart, signal: AbortSignal): Promise<ListedVm[]> {
  const key = `list ${tart.program} ${tart.home}`;
  let answer = waiting.get(key);
  if (!answer) {
    // It is not one asker's to give up. Every call of Tart has a deadline of its own.
    const { signal: nobodys } = new AbortController();
    answer = inTurn(key, nobodys, () => {
      waiting.delete(key);
      return tart.list(nobodys);
    });
    // Told to those who still wait.
    answer.catch(() => undefined);
    waiting.set(key, answer);
  }
  return await abortable(answer, signal);
}
