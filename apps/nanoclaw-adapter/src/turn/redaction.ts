/** Shorter ones would turn whole texts into marks. Nobody's key is that short. */
const shortest = 4;

/** Takes the values of secrets out of texts that are kept or shown, in the forms that they take in JSON and in addresses too. */
export function redactor(secrets: Readonly<Record<string, string>>): (text: string) => string {
  const forms = new Set<string>();
  for (const value of Object.values(secrets)) {
    if (value.length < shortest) continue;
    for (const form of [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(Buffer.from(value).toString()),
      Buffer.from(value).toString("base64"),
    ]) {
      forms.add(form);
    }
  }
  // The longest first: one secret may be part of another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((result, form) => result.replaceAll(form, "[secret]"), text);
}
