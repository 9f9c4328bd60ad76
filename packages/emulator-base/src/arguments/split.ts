import type { OptionName } from "./names.js";
import { ParserError } from "./parser-error.js";

/** One argument, or one letter of a pack such as `-it`. */
export type Element =
  | { readonly at: number; readonly letter?: number; readonly type: "value"; readonly text: string }
  | { readonly at: number; readonly letter?: number; readonly type: "terminator"; readonly text: "--" }
  | {
      readonly at: number;
      /** The place in a pack; undefined for a whole argument. */
      readonly letter?: number;
      readonly type: "option";
      readonly text: string;
      readonly name: OptionName;
      /** What follows `=`. */
      readonly value?: string;
    };

/** Tells options from values, before it is known which command reads them. */
export function splitArguments(argv: readonly string[]): Element[] {
  const elements: Element[] = [];
  for (const [at, text] of argv.entries()) {
    if (elements.some(({ type }) => type === "terminator")) elements.push({ at, type: "value", text });
    else elements.push(...elementsOf(text, at));
  }
  return elements;
}

function elementsOf(text: string, at: number): Element[] {
  if (text === "--") return [{ at, type: "terminator", text }];
  const dashes = /^-*/.exec(text)?.[0].length ?? 0;
  if (dashes === 0 || text === "-") return [{ at, type: "value", text }];
  if (dashes > 2) throw new ParserError(`Invalid option: ${text}`);
  const equals = text.indexOf("=");
  const name = text.slice(dashes, equals < 0 ? undefined : equals);
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  if (dashes === 2) {
    // An empty value counts as none: the next argument is the value then.
    return [{ at, type: "option", text, name: { form: "long", text: name }, ...(value && { value }) }];
  }
  if (name === "") throw new ParserError(`Invalid option: ${text}`);
  return singleDash({ at, text, name, value });
}

function singleDash(given: { at: number; text: string; name: string; value: string | undefined }): Element[] {
  const { at, text, name, value } = given;
  const letters = [...name];
  const form = letters.length === 1 ? "short" : "longWithOneDash";
  const whole: Element = {
    at,
    type: "option",
    text,
    name: { form, text: name },
    ...(value !== undefined && { value }),
  };
  if (value !== undefined || letters.length === 1) return [whole];
  const pack = letters.map((letter, index): Element => {
    return { at, letter: index, type: "option", text: `-${letter}`, name: { form: "short", text: letter } };
  });
  return [whole, ...pack];
}

/** Takes an element out, and with a letter the whole pack's own element, and with that its letters. */
export function without(elements: readonly Element[], used: Element): Element[] {
  return elements.filter((element) => {
    if (element.at !== used.at) return true;
    return used.letter !== undefined && element.letter !== undefined && element.letter !== used.letter;
  });
}
