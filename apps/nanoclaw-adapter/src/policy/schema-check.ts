import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../sandbox-policy.schema.json" with { type: "json" };
import type { Policy } from "./policy.js";

let compiled: ValidateFunction<Policy> | undefined;

/** What a value has that a policy may not have, each with its place; empty for a policy. */
export function schemaFaults(value: unknown): string[] {
  compiled ??= new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
  }).compile<Policy>(schema);
  if (compiled(value)) return [];
  const errors = compiled.errors ?? [];
  // That a name has no place in the schema is told by its own error; what surrounds it would repeat it.
  const told = errors.filter(({ keyword }) => keyword !== "propertyNames" && keyword !== "anyOf");
  return [...new Set(told.map(describe))];
}

/** `rules/0/runtime is "vibe": write one of tart, container, docker, local` */
function describe({ instancePath, keyword, params, message, propertyName }: ErrorObject): string {
  const place = instancePath.slice(1) || "the file";
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      return `${place}: the key ${JSON.stringify(name)} is not known`;
    }
    case "enum":
      return `${place}: write one of ${params.allowedValues.join(", ")}`;
    case "required":
      return `${place}: ${params.missingProperty} is missing`;
    case "pattern":
      return propertyName === undefined
        ? `${place}: this text is not acceptable here`
        : `${place}: ${JSON.stringify(propertyName)} is no group folder`;
    default:
      return `${place}: ${message}`;
  }
}
