// Writes the generated parts of every document: `pnpm --filter @nanoclaw/examples docs`.
import { readFileSync, writeFileSync } from "node:fs";
import { documents } from "./all-documents.js";
import { repository } from "./example-code.js";
import { render } from "./render.js";

for (const path of documents()) {
  const file = new URL(path, repository);
  const before = readFileSync(file, "utf8");
  const after = render(before);
  if (after === before) continue;
  writeFileSync(file, after);
  console.log(`wrote ${path}`);
}
