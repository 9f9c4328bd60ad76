/**
 * A word that a POSIX shell reads back as exactly this text. The only place where text from outside
 * becomes part of a script (G12). NUL cannot be carried and is refused before.
 */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
