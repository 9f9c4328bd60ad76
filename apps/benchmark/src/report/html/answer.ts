import type { PageChart, PageRow } from "../../page/page-data.js";
import type { Estimate } from "../../statistics.js";
import { formatValue } from "../format.js";
import { html, type Markup } from "./markup.js";
import { filterAttributes } from "./tables.js";

/** What the figures allow to be said of the sandbox beside its baselines: a difference only where the interval shows one. */
export function answerOf({ rows }: PageChart): Markup[] {
  return [...new Set(rows.map(({ engine }) => engine))].flatMap((engine) => {
    const sandbox = rows.find((row) => row.engine === engine && row.ratio === undefined);
    const compared = rows.filter((row) => row.engine === engine).flatMap(baseline);
    if (!sandbox || compared.length === 0) return [];
    const sentences = [
      sentence("took less time than", compared.filter(({ ratio }) => ratio.high < 1).map(withFactor)),
      sentence("took more time than", compared.filter(({ ratio }) => ratio.low > 1).map(withFactor)),
      sentence(
        "was not seen to differ from",
        compared.filter(isAlike).map(({ title }) => title),
      ),
    ];
    return [
      html`<p class="answer" ${filterAttributes(sandbox)}><b>${engine}</b>: the sandbox ${sentences.filter(Boolean).join("; it ")}.</p>`,
    ];
  });
}

interface Baseline {
  readonly title: string;
  readonly ratio: Estimate;
}

function baseline({ title, ratio }: PageRow): Baseline[] {
  return ratio ? [{ title, ratio }] : [];
}

function isAlike({ ratio }: Baseline): boolean {
  return ratio.low <= 1 && ratio.high >= 1;
}

/** The sandbox's time as a multiple of this one's; its interval is in the table. */
function withFactor({ title, ratio }: Baseline): string {
  return `${title} (×\u00a0${formatValue(ratio.value, "count")})`;
}

function sentence(verb: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `${verb} ${new Intl.ListFormat("en", { type: "conjunction" }).format(names)}`;
}
