import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { FORMAT, FORMAT_VERSION, type RunResult } from "./result.js";

let compiled: ValidateFunction<RunResult> | undefined;

/** Reads what `--json` wrote. Throws an error that names the file and what is wrong, and where, for anything else. */
export function readResult(file: string): RunResult {
  const text = readFileSync(file, "utf8");
  try {
    return parseResult(text);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The same for a text. Everything is checked against the published schema, so that no report meets a gap. */
export function parseResult(text: string): RunResult {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || !("format" in value) || value.format !== FORMAT) {
    throw new Error("This is not a result of sandbox-bench.");
  }
  if (!("formatVersion" in value) || value.formatVersion !== FORMAT_VERSION) {
    throw new Error("This result was written by another version of sandbox-bench.");
  }
  compiled ??= new Ajv2020({ strict: true }).compile<RunResult>(schema());
  if (compiled(value)) return value;
  const { instancePath = "", message = "" } = compiled.errors?.[0] ?? {};
  throw new Error(`This result is damaged: ${instancePath || "/"} ${message}.`);
}

/** Of the package, wherever this file was bundled to. */
function schema(): object {
  return createRequire(import.meta.url)("sandbox-bench/result.schema.json");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("This is not a result of sandbox-bench: it is not JSON, or was cut off.", {
      cause: error,
    });
  }
}
