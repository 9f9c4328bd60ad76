/** A value as the parser reads it: numbers only where a number was asked for. */
export type Value = boolean | number | string | readonly string[];

/** The arguments of one command, each under the name of its option without dashes or of its positional. */
export class Parsed {
  constructor(
    /** The names of the command, `image list`, whatever alias was used. */
    readonly command: string,
    private readonly values: ReadonlyMap<string, Value>,
  ) {}

  flag(name: string): boolean {
    return this.values.get(name) === true;
  }

  /** Undefined where neither the option nor its opposite was given. */
  optionalFlag(name: string): boolean | undefined {
    const value = this.values.get(name);
    return typeof value === "boolean" ? value : undefined;
  }

  text(name: string): string {
    return this.optionalText(name) ?? fail(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? fail(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.values.get(name);
    return typeof value === "number" ? value : undefined;
  }

  /** Empty where nothing was given. */
  texts(name: string): readonly string[] {
    const value = this.values.get(name);
    return Array.isArray(value) ? value : [];
  }
}

function fail(name: string): never {
  throw new Error(`the table of commands has no value for ${name}`);
}
