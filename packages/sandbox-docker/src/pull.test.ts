import { expect, it } from "vitest";
import { PullProgress } from "./pull.js";

it("adds up the layers of a pull", () => {
  const progress = new PullProgress();
  progress.add({ status: "Pulling from library/x", id: "latest" });
  expect(progress.bytes).toEqual({});
  progress.add({ status: "Downloading", id: "a", progressDetail: { current: 10, total: 100 } });
  progress.add({ status: "Downloading", id: "b", progressDetail: { current: 5, total: 50 } });
  progress.add({ status: "Extracting", id: "a", progressDetail: { current: 3, total: 3 } });
  expect(progress.bytes).toEqual({ current: 15, total: 150 });
  progress.add({ status: "Download complete", id: "a" });
  progress.add({ status: "Already exists", id: "c" });
  expect(progress.bytes).toEqual({ current: 105, total: 150 });
});
