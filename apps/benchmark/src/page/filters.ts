import type { ScaleChoice } from "./axis.js";

/** What the reader wants to see. */
export interface Choices {
  readonly engines: ReadonlySet<string>;
  readonly contenders: ReadonlySet<string>;
  readonly scenarios: ReadonlySet<string>;
  readonly scale: ScaleChoice;
}

export function choicesOf(form: HTMLFormElement): Choices {
  const data = new FormData(form);
  const chosen = (name: string) => new Set(data.getAll(name).map(String));
  return {
    engines: chosen("engine"),
    contenders: chosen("contender"),
    scenarios: chosen("scenario"),
    scale: data.get("scale") as ScaleChoice,
  };
}

export function isChosen(
  row: { readonly engine: string; readonly contender: string },
  choices: Choices,
): boolean {
  return choices.engines.has(row.engine) && choices.contenders.has(row.contender);
}

/** Hides what is not chosen of everything that is in the page already: rows of tables, and whole questions. */
export function hideUnchosen(choices: Choices): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-engine]")) {
    const { engine = "", contender } = element.dataset;
    element.hidden =
      !choices.engines.has(engine) || (contender !== undefined && !choices.contenders.has(contender));
  }
  let shown = 0;
  for (const section of document.querySelectorAll<HTMLElement>("[data-scenario]")) {
    for (const figure of section.querySelectorAll<HTMLElement>("figure.quantity")) {
      figure.hidden = figure.querySelector("tbody tr:not([hidden])") === null;
    }
    const empty = section.querySelector("figure.quantity:not([hidden])") === null;
    section.hidden = empty || !choices.scenarios.has(section.dataset.scenario ?? "");
    if (!section.hidden) shown++;
  }
  const nothing = document.querySelector<HTMLElement>(".nothing");
  if (nothing) nothing.hidden = shown > 0;
}

/** Says what is shown, for those who do not see it change. */
export function describeChoices(form: HTMLFormElement): string {
  const count = (name: string, noun: string) => {
    const boxes = [...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
    return `${boxes.filter(({ checked }) => checked).length} of ${boxes.length} ${noun}`;
  };
  return [count("engine", "engines"), count("contender", "contenders"), count("scenario", "questions")].join(
    ", ",
  );
}
