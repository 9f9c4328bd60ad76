/**
 * Splits a text as Swift does: empty parts are left out, and after so many parts the rest stays whole. So `k=ab=` has two
 * parts, `k=a=b` three, and `a==b` two (row 63 of apple-container.md §14). Default: any number of parts.
 */
export function split(text: string, separator: string, maximum = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let rest = text;
  while (parts.length < maximum) {
    const at = rest.indexOf(separator);
    if (at < 0) break;
    if (at > 0) parts.push(rest.slice(0, at));
    rest = rest.slice(at + separator.length);
  }
  return rest === "" ? parts : [...parts, rest];
}
