/** Settings for the programs in `guest/`: a value, or several under the same name. */
export type HelperSettings = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/** The number of bytes in a line, then `NAME=VALUE` with a zero byte behind each. What is false or undefined is left out. */
export function settingsText(settings: HelperSettings): Buffer {
  const entries = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    const values = typeof value === "object" ? value : [value === true ? 1 : value];
    return values.map((one) => `${name}=${withoutZero(String(one))}\0`);
  });
  const body = Buffer.from(entries.join(""));
  return Buffer.concat([Buffer.from(`${body.length}\n`), body]);
}

/** What the system cannot take as an argument or a path would be read as the next setting. */
function withoutZero(text: string): string {
  if (text.includes("\0")) throw new Error("a value has a zero byte");
  return text;
}
