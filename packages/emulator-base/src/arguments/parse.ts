import { subcommandOf } from "./command-tree.js";
import {
  type ArgumentDefinition,
  type CommandDefinition,
  isVisible,
  keyOf,
  namesOf,
  type OptionDefinition,
  type PositionalDefinition,
  passesThrough,
  valueNameOf,
} from "./definition.js";
import { isSameName, nameOf, type OptionName, withDashes } from "./names.js";
import type { Value } from "./parsed.js";
import { ParserError } from "./parser-error.js";
import { type Element, without } from "./split.js";
import { suggestionFor } from "./suggestion.js";
import { requiredForm } from "./usage.js";
import { listOfValues, readValue } from "./values.js";

type OptionElement = Extract<Element, { type: "option" }>;

/** What a command makes of its arguments. */
export interface Reading {
  readonly values: ReadonlyMap<string, Value>;
  /** What it has no use for. */
  readonly rest: readonly Element[];
  /** The complaint about the first positional that is not there. */
  readonly missing: ParserError | undefined;
}

/** Reads the arguments of one command. Throws a `ParserError` about options and their values. */
export function parseCommand<Settings>(
  command: CommandDefinition<Settings>,
  elements: readonly Element[],
  argv: readonly string[],
): Reading {
  return new CommandParser(command, elements, argv).parse();
}

/** Complains about arguments that nothing has taken. */
export function refuseRest<Settings>(
  rest: readonly Element[],
  definitions: readonly ArgumentDefinition<Settings>[],
): void {
  if (rest.length === 0 || (rest.length === 1 && rest[0]?.type === "terminator")) return;
  const option = rest.find((element) => element.type === "option");
  if (option !== undefined) throw unknownOption(option.name, definitions);
  const texts = rest.map(({ text }) => `'${text}'`);
  if (texts.length === 1) throw new ParserError(`Unexpected argument ${texts[0]}`);
  throw new ParserError(`${texts.length} unexpected arguments: ${texts.join(", ")}`);
}

class CommandParser<Settings> {
  private readonly values = new Map<string, Value>();
  /** What nothing has taken yet. */
  private rest: Element[];

  constructor(
    private readonly command: CommandDefinition<Settings>,
    elements: readonly Element[],
    private readonly argv: readonly string[],
  ) {
    this.rest = [...elements];
    for (const definition of command.arguments) {
      if (definition.kind === "option" && definition.default !== undefined) {
        this.values.set(keyOf(definition), definition.default);
      }
    }
  }

  parse(): Reading {
    this.takeOptions();
    this.takePositionals();
    const missing = this.command.arguments.find(
      (one) => one.kind === "positional" && !one.optional && !this.values.has(one.name),
    );
    return {
      values: this.values,
      rest: this.rest,
      missing: missing && missingArgument(missing),
    };
  }

  private takeOptions(): void {
    const endsAtValue = passesThrough(this.command);
    let ahead = [...this.rest];
    for (let element = ahead.shift(); element !== undefined; element = ahead.shift()) {
      if (element.type === "value") {
        const next = subcommandOf(this.command, element.text);
        // What follows may be for a guest, and is not for this command then.
        if (next === undefined ? endsAtValue : passesThrough(next)) return;
      }
      if (element.type !== "option") continue;
      const definition = this.find(element.name);
      if (definition === undefined) {
        const isPack = element.name.form === "longWithOneDash" && element.value === undefined;
        if (endsAtValue && !isPack) return;
        continue;
      }
      const used = this.takeOption(definition, element, ahead);
      for (const one of used) {
        ahead = without(ahead, one);
        this.rest = without(this.rest, one);
      }
    }
  }

  /** Tells which elements the option and its value were. */
  private takeOption(
    definition: ArgumentDefinition<Settings>,
    element: OptionElement,
    ahead: readonly Element[],
  ): Element[] {
    const given = withDashes(element.name);
    if (definition.kind !== "option") {
      if (element.value !== undefined) {
        throw new ParserError(
          `The option '${given}' does not take any value, but '${element.value}' was specified.`,
        );
      }
      this.values.set(keyOf(definition), !isOpposite(definition, element.name));
      return [element];
    }
    if (element.value !== undefined) {
      this.set(definition, element.value, given);
      return [element];
    }
    const next = ahead.find(({ letter }) => letter === undefined);
    if (next?.type !== "value") {
      throw new ParserError(
        `Missing value for '${optionForm(definition, given)}'`,
        `${optionForm(definition, given)}  ${definition.abstract}`,
      );
    }
    this.set(definition, next.text, given);
    return [element, next];
  }

  private set(definition: OptionDefinition<Settings>, text: string, given: string): void {
    const value = readValue(definition.value, text);
    if (value === undefined) {
      throw new ParserError(
        `The value '${text}' is invalid for '${optionForm(definition, given)}'${listOfValues(definition.value)}`,
        `${optionForm(definition, given)}  ${definition.abstract}`,
      );
    }
    const key = keyOf(definition);
    if (!definition.repeating) this.values.set(key, value);
    else this.values.set(key, [...this.listOf(key), String(value)]);
  }

  private takePositionals(): void {
    const whole = this.rest.filter(({ letter }) => letter === undefined);
    for (const definition of this.command.arguments) {
      if (definition.kind === "positional") this.takePositional(definition, whole);
    }
  }

  /** Takes its values out of `whole`, and with them the options before them, which are complained about later. */
  private takePositional(definition: PositionalDefinition<Settings>, whole: Element[]): void {
    do {
      while (!definition.passThrough && whole[0] !== undefined && whole[0].type !== "value") whole.shift();
      const element = whole.shift();
      if (element === undefined) return;
      const text = this.argv[element.at] ?? "";
      this.values.set(definition.name, definition.repeating ? [...this.listOf(definition.name), text] : text);
      this.rest = without(this.rest, element);
    } while (definition.repeating);
  }

  private listOf(key: string): readonly string[] {
    const value = this.values.get(key);
    return Array.isArray(value) ? value : [];
  }

  private find(name: OptionName): ArgumentDefinition<Settings> | undefined {
    return this.command.arguments.find((one) => namesOf(one).some((own) => isSameName(nameOf(own), name)));
  }
}

function isOpposite<Settings>(definition: ArgumentDefinition<Settings>, name: OptionName): boolean {
  return name.text === `no-${keyOf(definition)}`;
}

function missingArgument<Settings>(definition: ArgumentDefinition<Settings>): ParserError {
  const help = `<${valueNameOf(definition)}>  ${definition.abstract}`;
  return new ParserError(`Missing expected argument '${requiredForm(definition)}'`, help);
}

function optionForm<Settings>(definition: OptionDefinition<Settings>, given: string): string {
  return isVisible(definition) ? `${given} <${valueNameOf(definition)}>` : given;
}

function unknownOption<Settings>(
  name: OptionName,
  definitions: readonly ArgumentDefinition<Settings>[],
): ParserError {
  const suggestion = suggestionFor(name, definitions);
  const hint = suggestion === undefined ? "" : `. Did you mean '${suggestion}'?`;
  return new ParserError(`Unknown option '${withDashes(name)}'${hint}`);
}
