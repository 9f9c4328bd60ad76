/** Relative links of a document, code left out. */
export function linksOf(document: string): string[] {
  const prose = document.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** What links can point to in a document, as GitHub names headings. */
export function anchorsOf(document: string): Set<string> {
  const prose = document.replace(/```[\s\S]*?```/g, "");
  const headings = [...prose.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => heading ?? "");
  return new Set(headings.map(anchorOf));
}

function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, "")
    .replaceAll(" ", "-");
}
