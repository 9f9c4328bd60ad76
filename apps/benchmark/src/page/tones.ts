/**
 * How kinds of contenders look. Accents are in the style sheet (`--tone-0` …); each has a shape too, so that nothing
 * rests on telling colours apart. The last is for whoever comes after.
 */
export const tones = [
  { symbol: "circle", glyph: "●" },
  { symbol: "diamond", glyph: "◆" },
  { symbol: "square", glyph: "■" },
  { symbol: "triangle", glyph: "▲" },
  { symbol: "star", glyph: "★" },
  { symbol: "cross", glyph: "✚" },
] as const;

export function toneOf(index: number): { symbol: string; glyph: string; color: string } {
  const known = tones[index];
  return known ? { ...known, color: `var(--tone-${index})` } : toneOf(tones.length - 1);
}
