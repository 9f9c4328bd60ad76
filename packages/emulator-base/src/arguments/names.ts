/** The name of an option as it was given: `--long`, `-s`, or `-long`, which may be several short ones at once. */
export interface OptionName {
  readonly form: "long" | "short" | "longWithOneDash";
  readonly text: string;
}

export function nameOf(text: string): OptionName {
  return { form: text.length > 1 ? "long" : "short", text };
}

export function withDashes({ form, text }: OptionName): string {
  return form === "long" ? `--${text}` : `-${text}`;
}

export function isSameName(one: OptionName, other: OptionName): boolean {
  return one.form === other.form && one.text === other.text;
}
