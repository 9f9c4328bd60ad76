import { checks, type Guarantee, guarantees } from "@nanoclaw/sandbox-conformance";
import { markdownTable } from "./markdown-table.js";

/** A table for each guarantee with the checks that prove it: `checks-G1` … */
export const checksTables: Readonly<Record<string, () => string>> = Object.fromEntries(
  (Object.keys(guarantees) as Guarantee[]).map((id) => [`checks-${id}`, () => checksTable(id)]),
);

function checksTable(id: Guarantee): string {
  const proofs = checks.filter(({ guarantee }) => guarantee === id);
  return markdownTable([
    ["check", "what it proves"],
    ...proofs.map((check) => [`\`${check.id}\``, check.title.replaceAll("|", "\\|")]),
  ]);
}
