import { expect, test } from "vitest";
import { hostNotes } from "./host-notes.js";

test("an Intel Mac is told what does not run on it, and what does", () => {
  const [note = ""] = hostNotes({ platform: "darwin", architecture: "x64", coreCount: 8 });
  expect(note).toMatch(/Intel.*macOS guests.*Apple silicon.*docker/);
});

test("on Apple silicon the licence is told with the count of cores", () => {
  expect(hostNotes({ platform: "darwin", architecture: "arm64", coreCount: 12 }).join("\n")).toMatch(
    /licence.*100 CPU cores.*has 12[\s\S]*two macOS guests/,
  );
});

test("elsewhere nobody is told of licences that do not matter", () => {
  expect(hostNotes({ platform: "linux", architecture: "x64", coreCount: 2 }).join()).not.toContain("licence");
});
