import { isIPv4 } from "node:net";
import { join } from "node:path";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine, printListing } from "../output/print.js";
import { Records } from "../state/records.js";

interface Domain {
  readonly name: string;
  /** The address that is led to 127.0.0.1 of the host. */
  readonly localhost?: string;
}

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Domains that the host resolves; to change them takes root (apple-container.md §3.4). */
export const create: Command = async (parsed, { home }) => {
  const [name, localhost] = [parsed.text("domain-name"), parsed.optionalText("localhost")];
  requireDomain(name);
  if (localhost !== undefined && !isIPv4(localhost)) refuse(`invalid IP address: ${localhost}`);
  requireRoot("create");
  if (!domains(home).add(name, { name, ...(localhost && { localhost }) })) {
    throw new ContainerFailure("exists", `domain ${name} already exists`);
  }
  printLine(name);
  return 0;
};

export const remove: Command = async (parsed, { home }) => {
  const name = parsed.text("domain-name");
  requireRoot("delete");
  if (domains(home).find(name) === undefined)
    throw new ContainerFailure("notFound", `domain ${name} not found`);
  domains(home).remove(name);
  printLine(name);
  return 0;
};

export const list: Command = async (parsed, { home, settings }) => {
  const names = domains(home)
    .all()
    .map(({ name }) => name);
  printListing(
    parsed.text("format"),
    {
      value: names,
      rows: [["DOMAIN"], ...names.map((name) => [name])],
      ...(parsed.flag("quiet") && { names }),
    },
    settings,
  );
  return 0;
};

function requireDomain(name: string): void {
  if (name.length <= 255 && name.split(".").every((part) => label.test(part))) return;
  refuse(`invalid domain name: ${name}`);
}

function requireRoot(verb: "create" | "delete"): void {
  if (process.getuid?.() === 0) return;
  throw new ContainerFailure("invalidState", `cannot ${verb} domain (try sudo?)`);
}

function refuse(message: string): never {
  throw new ContainerFailure("invalidArgument", message);
}

function domains(home: string): Records<Domain> {
  return new Records(join(home, "dns"));
}
