import { expect, test } from "vitest";
import { serviceFacts } from "./service-facts.js";

const appRoot = "/Users/someone/Library/Application Support/com.apple.container/";

/** The two shapes of apple-container.md §3.3. */
test.each([
  [
    {
      status: "running",
      appRoot,
      installRoot: "/usr/local",
      apiServerVersion: "container-apiserver version 1.2.2 (build: release, commit: 0190097)",
      apiServerCommit: "0190097",
      apiServerBuild: "release",
      apiServerAppName: "container-apiserver",
    },
    { up: true, version: "1.2.2", dataDirectory: appRoot },
  ],
  [
    {
      status: "running",
      client: { version: "1.4.1" },
      server: { appName: "container-apiserver", build: "release", commit: "1", version: "1.4.1" },
      resources: { containersRunning: 0, containersTotal: 1, images: 2 },
      paths: { appRoot, installRoot: "/usr/local" },
    },
    { up: true, version: "1.4.1", dataDirectory: appRoot },
  ],
  [{ status: "unregistered", appRoot: "", installRoot: "", apiServerVersion: "" }, { up: false }],
  [{ status: "not running" }, { up: false }],
  [{}, { up: false }],
])("%j is %j", (status, facts) => {
  expect(serviceFacts(JSON.stringify(status))).toEqual(facts);
});

test("words are no status", () => {
  expect(serviceFacts("apiserver is not running\n")).toEqual({ up: false });
});
