import { flag, list, option } from "./define.js";
import type { ArgumentDefinition } from "./definition.js";

/** Of `run`, `create` and `exec` (apple-container.md §4.2). */
export const processOptions: readonly ArgumentDefinition[] = [
  list("e env", "A variable: key=value, or the key of one to copy"),
  list("env-file", "A file of variables"),
  option("gid", "UInt32", "Group"),
  flag("i interactive", "Keep stdin open"),
  flag("t tty", "Open a terminal"),
  option("u user", "string", "User: name|uid[:gid]"),
  option("uid", "UInt32", "User"),
  list("ulimit", "A limit: type=soft[:hard]", { valueName: "limit" }),
  option("w workdir cwd", "string", "Working directory", { valueName: "dir" }),
];
