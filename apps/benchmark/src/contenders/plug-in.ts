import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ContenderFactory } from "./factory.js";

/** A contender from a file of the user's, which other processes of the run load again. */
export interface PlugIn {
  readonly file: string;
  readonly factory: ContenderFactory;
}

/**
 * Loads a module whose default export is a `ContenderFactory`.
 *
 * @throws An error that names the file and what is missing.
 */
export async function loadPlugIn(file: string): Promise<PlugIn> {
  const path = resolve(file);
  await access(path);
  const module: { default?: unknown } = await import(pathToFileURL(path).href);
  return { file: path, factory: checked(module.default, path) };
}

const properties = { id: "string", title: "string", serves: "function", open: "function" } as const;

function checked(value: unknown, path: string): ContenderFactory {
  if (typeof value !== "object" || value === null) {
    throw new Error(`${path}: its default export is no contender.`);
  }
  const given = value as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(properties)) {
    if (typeof given[name] !== kind) throw new Error(`${path}: "${name}" of the contender is no ${kind}.`);
  }
  // What is judged is this project's own sandbox alone.
  if (given.role !== "baseline") throw new Error(`${path}: "role" of the contender is not "baseline".`);
  return value as ContenderFactory;
}
