import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Markup } from "./markup.js";

/** The page's own script and style sheet, with what the page's policy must name for them to be let in. */
export interface PageAssets {
  readonly script: Markup;
  readonly style: Markup;
  /** For the meta element `Content-Security-Policy`. */
  readonly policy: string;
  /** Of the libraries in the script: the page hands them on, so it hands on their licences. */
  readonly licences: string;
}

/** Reads what the build put beside the program. */
export function pageAssets(): PageAssets {
  // An end tag inside a text of the script would end the element.
  const script = read("main.js").replaceAll("</script", "<\\/script");
  const style = read("main.css");
  return {
    script: new Markup(script),
    style: new Markup(style),
    policy: [
      "default-src 'none'",
      `script-src '${digest(script)}'`,
      `style-src '${digest(style)}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ].join("; "),
    licences: read("THIRD-PARTY-LICENCES.txt"),
  };
}

function read(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
