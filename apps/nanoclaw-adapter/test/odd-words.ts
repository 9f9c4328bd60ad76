/** What chats, agents and people make names of. None of it may run, be cut, or become an option. */
export const oddWords: Readonly<Record<string, string>> = {
  "a space": "two words",
  "single quotes": "it's",
  "double quotes": 'say "yes"',
  "a substitution": "$(touch pwned)",
  backquotes: "`touch pwned`",
  "an end of line": "one\ntouch pwned",
  "a carriage return": "one\rtwo",
  "a leading dash": "--privileged",
  "a leading dot": "..",
  "a slash": "a/../../etc",
  "a semicolon": "a;touch pwned",
  "another script": "冷蔵庫é",
  "an escape sequence": "\u001b[2Ja",
  "more than fits": "a".repeat(100_000),
  nothing: "",
  NUL: "a\0b",
};
