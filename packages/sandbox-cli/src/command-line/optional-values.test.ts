import { Command } from "commander";
import { expect, test } from "vitest";
import { closeOptionalValues } from "./optional-values.js";

const command = new Command()
  .option("--keep [ttl]")
  .option("-e, --env <pair>")
  .option("-i, --interactive")
  .option("-t, --tty");

test.each([
  [
    ["--keep", "echo", "hi"],
    ["--keep=", "echo", "hi"],
  ],
  [
    ["--keep=2h", "echo"],
    ["--keep=2h", "echo"],
  ],
  [
    ["--keep", "--", "echo"],
    ["--keep=", "--", "echo"],
  ],
  [
    ["-e", "A=b", "--keep", "ls"],
    ["-e", "A=b", "--keep=", "ls"],
  ],
  [
    ["-ite", "A=b", "--keep", "ls"],
    ["-ite", "A=b", "--keep=", "ls"],
  ],
  [
    ["-eA=b", "--keep", "ls"],
    ["-eA=b", "--keep=", "ls"],
  ],
  [
    ["--env=A=b", "--keep", "ls"],
    ["--env=A=b", "--keep=", "ls"],
  ],
  [
    ["--env", "--keep", "ls"],
    ["--env", "--keep", "ls"],
  ],
])("closes %j as %j", (words, expected) => {
  expect(closeOptionalValues(command, words)).toEqual(expected);
});

test("leaves the words of the command alone", () => {
  expect(closeOptionalValues(command, ["npm", "--keep", "x"])).toEqual(["npm", "--keep", "x"]);
  expect(closeOptionalValues(command, ["--", "--keep", "x"])).toEqual(["--", "--keep", "x"]);
});
