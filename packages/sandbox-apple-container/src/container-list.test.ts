import type { CreateRequest } from "@nanoclaw/sandbox/adapter";
import { expect, test } from "vitest";
import { addressOf, parseContainers, sandboxRecord } from "./container-list.js";
import { labelsOf, recordLabel, rememberedIn } from "./records.js";

const request: CreateRequest = {
  id: "sandbox-1",
  name: "a=name",
  env: {},
  labels: { team: "a=b=", letters: "ü\n" },
  mounts: [],
  limits: {},
  network: "open",
  ports: [],
  lifetime: "owner",
  owner: { installation: "installation-1", pid: 7, startedAt: "1", host: "a:b:c" },
  mainCommand: [],
};

const row = (status: object, labels: Record<string, string> = labelsOf(request, "image-1")) => ({
  id: "sandbox-1",
  configuration: {
    id: "sandbox-1",
    labels,
    creationDate: "2026-08-07T12:34:56Z",
    unknown: { to: "us" },
  },
  status,
});

/** As 1.2 prints it: on one line, with `\/` for `/` (§6). */
const printed = (...rows: object[]) => JSON.stringify(rows).replaceAll("/", "\\/");

test("a label has no = in its value, whatever is remembered", () => {
  const labels = labelsOf(request, "image-1");
  expect(Object.values(labels).join("")).toMatch(/^[\w-]+$/);
  expect(rememberedIn(labels)).toEqual({
    name: "a=name",
    image: "image-1",
    labels: request.labels,
    owner: request.owner,
  });
});

test.each<Record<string, string>>([
  { [recordLabel]: "%%%" },
  { [recordLabel]: "bnVsbA" },
  { [recordLabel]: "" },
  { other: "x" },
])("labels that are not ours prove nothing: %j", (labels) => {
  expect(rememberedIn(labels)).toBeUndefined();
});

test("a container is read back as the sandbox that it is", () => {
  const status = {
    state: "running",
    startedDate: "2026-08-07T12:35:00Z",
    networks: [{ ipv4Address: "192.168.64.5/24", network: "default" }],
  };
  const [container] = parseContainers(printed(row(status)));
  if (!container) throw new Error("There should be one.");
  expect(sandboxRecord(container)).toMatchObject({
    id: "sandbox-1",
    name: "a=name",
    image: "image-1",
    state: "running",
    createdAt: Date.UTC(2026, 7, 7, 12, 34, 56),
    owner: request.owner,
  });
  expect(addressOf(container)).toBe("192.168.64.5");
});

test.each([
  [{ state: "stopped", networks: [] }, "created"],
  [{ state: "stopped", networks: [], startedDate: "2026-08-07T12:35:00Z" }, "ended"],
  [{ state: "stopping", networks: [], startedDate: "2026-08-07T12:35:00Z" }, "running"],
  [{ state: "unknown", networks: [] }, "running"],
])("the state %j is %s", (status, state) => {
  const [container] = parseContainers(printed(row(status)));
  expect(container && sandboxRecord(container)?.state).toBe(state);
  expect(container && addressOf(container)).toBeUndefined();
});

test("the containers of others are none of ours", () => {
  const builder = { "com.apple.container.plugin": "builder" };
  const [container] = parseContainers(printed(row({ state: "running" }, builder)));
  expect(container && sandboxRecord(container)).toBeUndefined();
});

/** Before 1.0 `status` was a text and `id` was not at the top. */
test.each(["", "{}", '[{"status":"running","configuration":{"id":"a"},"networks":[]}]', "[null]", "[1]"])(
  "what has another shape is refused and not guessed at: %j",
  (text) => {
    expect(() => parseContainers(text)).toThrow(expect.objectContaining({ code: "adapter_fault" }));
  },
);

test("no containers are an empty list", () => expect(parseContainers("[]\n")).toEqual([]));
