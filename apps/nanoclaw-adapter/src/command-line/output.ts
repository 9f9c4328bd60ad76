import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";

/** Prints text for people or programs, and returns when the system has taken it. */
export function print(text: string): Promise<void> {
  return write(process.stdout, text);
}

/** One line for the user, on standard error. */
export function notice(line: string): Promise<void> {
  return write(process.stderr, line);
}

/** Engines, and files that agents write, have a part in the wording. They must not steer the user's terminal. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    // Whoever read it has gone, as `head` does: there is nobody left to tell.
    stream.write(`${stripVTControlCharacters(text)}\n`, () => resolve());
  });
}

export function printJson(value: unknown): Promise<void> {
  return print(JSON.stringify(value, undefined, 2));
}

const bare = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" },
  ...{ "bottom-left": "", "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "" },
  ...{ right: "", "right-mid": "", middle: "   " },
};

/** Columns with three spaces between them. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: bare,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split("\n");
  return lines.map((line) => line.trimEnd()).join("\n");
}
