import { realpathSync, statSync } from "node:fs";
import { findProgram } from "../prerequisites.js";
import { copyProgram } from "./program-layer.js";

/** What tells one SQLite layer from another. */
export function sqliteRecipe(): string {
  const { size, mtimeMs } = statSync(sqlitePath());
  return JSON.stringify([process.arch, size, mtimeMs]);
}

/** This host's `sqlite3`, and those of its libraries that Debian's base does not have. */
export async function buildSqlite(directory: string, debian: () => Promise<string>): Promise<void> {
  await copyProgram(sqlitePath(), { directory, path: "usr/bin/sqlite3", base: await debian() });
}

function sqlitePath(): string {
  const path = findProgram("sqlite3");
  if (path === undefined) throw new Error("sqlite3 not found; it is in Debian's package sqlite3");
  return realpathSync(path);
}
