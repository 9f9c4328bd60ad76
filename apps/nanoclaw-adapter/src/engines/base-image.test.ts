import { expect, test } from "vitest";
import { baseImageState } from "./base-image.js";

const row = (Source: string, Name: string, State = "stopped") => ({
  Source,
  Name,
  State,
  Disk: 50,
  Size: 20,
});
const listed = (...rows: object[]) => JSON.stringify(rows);
const base = "tart_nanoclaw_base";

test.each([
  [base, listed(), "missing"],
  [base, listed(row("local", base)), "there"],
  [base, listed(row("Local", base)), "there"],
  [base, listed(row("local", base, "running")), "running"],
  [base, listed({ Source: "local", Name: base, Running: true }), "running"],
  [base, listed(row("local", `${base}_old`), row("local", `my_${base}`)), "missing"],
  [base, listed(row("local", "tart_nanoclaw")), "missing"],
  [base, listed(row("OCI", base)), "missing"],
  [base, listed(row("local", base.toUpperCase())), "missing"],
  ["ghcr.io/x/y:1", listed(row("OCI", "ghcr.io/x/y:1")), "there"],
  ["ghcr.io/x/y", listed(row("OCI", "ghcr.io/x/y:latest")), "there"],
  ["ghcr.io/x/y:1", listed(row("OCI", "ghcr.io/x/y:10")), "pullable"],
])("F10: %s among %s is %s", (name, text, state) => {
  expect(baseImageState(name, text)).toBe(state);
});

test.each(["", "Source Name\nlocal tart_nanoclaw_base", "{}", "null"])(
  "F10: no list is no answer: %j",
  (text) => {
    expect(() => baseImageState(base, text)).toThrow("something else than a list");
  },
);
