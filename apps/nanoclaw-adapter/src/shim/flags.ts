import { type ParseArgsConfig, parseArgs } from "node:util";
import { Refusal } from "./refusal.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

/** Every flag that NanoClaw 1.1 to 2.1.54 passes (`nanoclaw.md §1.4, §1.12, §2.2, §2.3`), and no others. */
const runFlags = {
  interactive: { ...flag, short: "i" },
  rm: flag,
  name: text,
  label: { ...texts, short: "l" },
  env: { ...texts, short: "e" },
  volume: { ...texts, short: "v" },
  user: { ...text, short: "u" },
  "add-host": texts,
  entrypoint: text,
  cpus: text,
  memory: { ...text, short: "m" },
  "pids-limit": text,
  "shm-size": text,
  "cap-drop": texts,
  "security-opt": texts,
  init: flag,
  network: text,
} satisfies Options;

const psFlags = { filter: { ...texts, short: "f" }, format: text } satisfies Options;
const stopFlags = { time: { ...text, short: "t" } } satisfies Options;
const inspectFlags = { format: { ...text, short: "f" } } satisfies Options;

type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** A call as its flags and words, each flag known and each with a value of the right kind. */
export type Call =
  | { readonly command: "version" | "info" }
  | { readonly command: "ps"; readonly flags: Values<typeof psFlags> }
  | { readonly command: "stop"; readonly flags: Values<typeof stopFlags>; readonly names: readonly string[] }
  | {
      readonly command: "run";
      readonly flags: Values<typeof runFlags>;
      readonly image: string;
      readonly words: readonly string[];
    }
  | { readonly command: "build" }
  | {
      readonly command: "image inspect";
      readonly flags: Values<typeof inspectFlags>;
      readonly names: readonly string[];
    }
  | { readonly command: "network inspect"; readonly names: readonly string[] }
  | { readonly command: "network create" | "network connect" };

/** @throws Refusal for whatever is not in the tables. Values are never repeated: they may be secrets. */
export function parseCall(argv: readonly string[]): Call {
  const [first, ...rest] = argv;
  const second = rest[0];
  if (first === undefined) throw new Refusal("There is no command.", { hint: known });
  switch (first) {
    case "--version":
    case "-v":
    case "version":
      return { command: "version" };
    case "info":
      parse("info", rest, {}, 0);
      return { command: "info" };
    case "ps":
      return { command: "ps", flags: parse("ps", rest, psFlags, 0).values };
    case "stop": {
      const { values, positionals } = parse("stop", rest, stopFlags);
      if (positionals.length === 0)
        throw new Refusal("docker stop: there is no name.", { hint: "docker stop [-t SECONDS] NAME" });
      return { command: "stop", flags: values, names: positionals };
    }
    case "run":
      return parseRun(rest);
    case "build":
      return { command: "build" };
    case "image":
      if (second !== "inspect") break;
      return asInspection(parse("image inspect", rest.slice(1), inspectFlags));
    case "network":
      if (second === "inspect") {
        return {
          command: "network inspect",
          names: parse("network inspect", rest.slice(1), inspectFlags).positionals,
        };
      }
      if (second === "create" || second === "connect") return { command: `network ${second}` };
      break;
  }
  const words = first === "image" || first === "network" ? `${first} ${second ?? ""}`.trim() : first;
  throw new Refusal(`docker ${printable(words)} is nothing that NanoClaw calls.`, {
    hint: `${known} For everything else call Docker's own program by its full path.`,
  });
}

const known =
  "This is nanoclaw-sandbox in place of docker. It knows: info, ps, run, stop, build, image inspect, network inspect.";

function asInspection({
  values,
  positionals,
}: {
  values: Values<typeof inspectFlags>;
  positionals: string[];
}): Call {
  if (positionals.length === 0) throw new Refusal("docker image inspect: there is no image.");
  return { command: "image inspect", flags: values, names: positionals };
}

/** What comes after the image is the command, flags of its own included. */
function parseRun(args: readonly string[]): Call {
  const { tokens } = parseArgs({
    args: [...args],
    options: runFlags,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const index = tokens.find(({ kind }) => kind === "positional")?.index ?? args.length;
  // Flags first: one that is not known hides which word is the image.
  const { values } = parse("run", args.slice(0, index), runFlags, 0);
  const image = args[index];
  if (image === undefined) throw new Refusal("docker run: there is no image.");
  return { command: "run", flags: values, image, words: args.slice(index + 1) };
}

function parse<T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
  mostWords = Number.POSITIVE_INFINITY,
): { values: Values<T>; positionals: string[] } {
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    if (parsed.positionals.length <= mostWords) {
      return parsed as unknown as { values: Values<T>; positionals: string[] };
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node's sentences quote the flag, and nothing of its value.
    const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
    const name = printable((/^-{1,2}[\w-]*/.exec(quoted) ?? [""])[0]);
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      throw new Refusal(`docker ${command}: unknown flag: ${name}`, {
        hint: `Known are: ${
          Object.keys(options)
            .map((each) => `--${each}`)
            .join(", ") || "none"
        }. A flag that is not known is never ignored.`,
      });
    }
    throw new Refusal(
      `docker ${command}: the flag ${name} is without a value, or has one that it does not take.`,
    );
  }
  throw new Refusal(`docker ${command} takes no words beside its flags.`);
}

/** Words of a caller, safe for a terminal and a log, and short. */
export function printable(word: string): string {
  return JSON.stringify(word.slice(0, 80)).slice(1, -1);
}
