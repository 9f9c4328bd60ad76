import type { PagePhases } from "../../page/page-data.js";
import { formatValue } from "../format.js";
import { html, type Markup } from "./markup.js";
import { contenderName, filterAttributes } from "./tables.js";

/** The parts of each start side by side; its head is the legend of the chart. */
export function phaseTable({ title, names, rows }: PagePhases): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Table: ${title}"><table>
<caption>${title}, medians</caption>
<thead><tr><th scope="col">engine</th><th scope="col">contender</th>${names.map((name, index) => html`<th scope="col" class="n"><i class="strength-${index}"></i>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr ${filterAttributes(row)}><td>${row.engine}</td><th scope="row">${contenderName(row)}</th>${names.map(
        (name) => {
          const part = row.parts.find((one) => one.title === name);
          return html`<td class="n">${part ? formatValue(part.median, "ms") : "not told"}</td>`;
        },
      )}</tr>`,
  )}</tbody>
</table></div>`;
}
