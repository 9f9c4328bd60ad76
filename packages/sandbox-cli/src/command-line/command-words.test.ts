import { expect, test } from "vitest";
import { commandWords } from "./command-words.js";
import { UsageError } from "./usage-error.js";

test("takes away the one -- that separates", () => {
  expect(commandWords(["--", "ls", "--", "-l"])).toEqual(["ls", "--", "-l"]);
  expect(commandWords(["ls", "--", "-l"])).toEqual(["ls", "--", "-l"]);
  expect(commandWords(["--", "-odd"])).toEqual(["-odd"]);
});

test("refuses an option at the place of the command, and no command", () => {
  expect(() => commandWords(["-it", "sh"])).toThrow(UsageError);
  expect(() => commandWords(["--"])).toThrow(UsageError);
});
