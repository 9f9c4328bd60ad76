import { type ArgumentDefinition, isVisible, namesOf } from "./definition.js";
import { nameOf, type OptionName, withDashes } from "./names.js";

/** The long option that was probably meant: the first of those that are nearest, at most three letters away. */
export function suggestionFor<Settings>(
  name: OptionName,
  definitions: readonly ArgumentDefinition<Settings>[],
): string | undefined {
  if (name.form === "short") return undefined;
  let best: { text: string; distance: number } | undefined;
  for (const definition of definitions.filter(isVisible)) {
    for (const candidate of namesOf(definition).map((one) => nameOf(one))) {
      const distance = editDistance(withDashes(candidate), withDashes(name));
      if (candidate.form === "short" || distance > 3 || distance >= (best?.distance ?? 4)) continue;
      best = { text: withDashes(candidate), distance };
    }
  }
  return best?.text;
}

/** How many letters have to be added, removed or changed. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
