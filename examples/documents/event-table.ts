import type { SandboxEvent } from "@nanoclaw/sandbox";
import { markdownTable } from "./markdown-table.js";

/** Complete by its type: a new event does not compile without a line here. */
const meanings: Readonly<Record<SandboxEvent["type"], string>> = {
  "operation-start": "A call has begun: `operation`",
  "operation-end": "It has ended: `operation`, `durationMs`, and `error` with the code if it failed",
  progress:
    "Something begins that takes a while: `phase` (`pull` of an image; of a create `start` and `ready`), `message`, `current`, `total`",
  warning: "Something that you should know and that did not stop the call: `message`",
  "cleanup-failed": "A clean-up could not be finished; `collectGarbage` will: `message`",
  "sandbox-lost": "The sandbox ended without `destroy`: `message`",
};

export function eventTable(): string {
  return markdownTable([
    ["`type`", ""],
    ...Object.entries(meanings).map(([type, meaning]) => [`\`${type}\``, meaning]),
  ]);
}
