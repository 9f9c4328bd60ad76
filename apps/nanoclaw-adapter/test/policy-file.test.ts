import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installationAt } from "../src/installation.js";
import { CheckedPolicies } from "../src/policy/checked-policies.js";
import { parsePolicy, readPolicy } from "../src/policy/policy-file.js";
import { policyRemarks } from "../src/policy/remarks.js";
import { testInstallation } from "./policy-installation.js";

test("no file is an empty policy", async () => {
  using place = testInstallation();
  expect(await readPolicy(place.installation)).toEqual({ path: place.policyPath, exists: false, policy: {} });
});

test("everything that the schema describes is accepted", async () => {
  const everything = {
    default: { runtime: "docker", fallback: "deny", agent: "claude", network: "open", queueMs: 1 },
    rules: [{ tags: ["money"], groups: ["b"], runtime: "tart", minimumIsolation: "vm", sensitive: true }],
    groups: {
      a: {
        tags: ["money"],
        image: { tart: "my_base", docker: "ghcr.io/x/y:1@sha256:00" },
        limits: { cpuCount: 0.5, memoryMiB: 512, diskGiB: 10, pidCount: 100 },
        timeouts: { bootMs: 1, runMs: 2, idleMs: 3 },
        keep: { on: "failure", ttlMs: 1000 },
        secrets: ["ANTHROPIC_API_KEY"],
        fallback: ["container"],
      },
    },
    runtimes: {
      tart: { program: "tart", home: "/t", connect: "agent", pull: "never", image: "b", entrypoint: ["run"] },
      container: { program: "container", pull: "missing", platform: "linux/arm64", startService: true },
      docker: { host: "unix:///s", certPath: "/c", ociRuntime: "runsc", limits: { pidCount: 100 } },
      local: { bubblewrap: "bwrap", readOnlyPaths: ["/usr"], entrypoint: ["/usr/bin/env", "node"] },
    },
  };
  expect(await parsePolicy("p", JSON.stringify(everything))).toEqual(everything);
});

test.each([
  [{ group: {} }, 'the file: the key "group" is not known'],
  [{ groups: { a: { runtme: "tart" } } }, 'groups/a: the key "runtme" is not known'],
  [{ rules: [{ tags: ["x"], image: { dockr: "a" } }] }, 'rules/0/image: the key "dockr" is not known'],
  [{ default: { tags: ["x"] } }, 'default: the key "tags" is not known'],
  [{ default: { runtime: "vibe" } }, "default/runtime: write one of tart, container, docker, local"],
  [{ default: { fallback: "allow" } }, "default/fallback: this text is not acceptable here"],
  [{ default: { fallback: ["host"] } }, "default/fallback/0: write one of"],
  [{ groups: { "../a": {} } }, '"../a" is no group folder'],
  [{ default: { limits: { memoryMiB: "512" } } }, "default/limits/memoryMiB: must be integer"],
  [{ default: { secrets: ["A=b"] } }, "default/secrets/0: this text is not acceptable here"],
  [{ runtimes: { tart: { password: "x" } } }, 'runtimes/tart: the key "password" is not known'],
  [{ runtimes: { docker: { entrypoint: "sh -c" } } }, "runtimes/docker/entrypoint: must be array"],
  [{ runtimes: { tart: { program: "./tart" } } }, "runtimes/tart/program: this text is not acceptable here"],
  [{ rules: [{ runtime: "tart" }] }, "rules/0: groups is missing"],
  [[], "the file: must be object"],
])("a fault is told with its place: %j", async (policy, fault) => {
  await expect(parsePolicy("p", JSON.stringify(policy))).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining(fault),
  });
});

test.each([
  [
    { groups: { a: { runtime: "docker", minimumIsolation: "vm" } } },
    /groups\/a\/runtime: docker .* too weak/,
  ],
  [
    {
      default: { runtime: "docker" },
      rules: [{ tags: ["x"], minimumIsolation: "vm" }],
      groups: { a: { tags: ["x"] } },
    },
    /default\/runtime: docker .* the group a, which needs at least vm by rules\/0: write one of tart, container/,
  ],
  [
    { groups: { a: { minimumIsolation: "container", fallback: ["local"] } } },
    /groups\/a\/fallback: local is too weak/,
  ],
  [{ default: { image: "x:1" } }, /default\/image: .* gives a group that is not named no runtime/],
  [{ groups: { a: { runtime: "local", image: "x:1" } } }, /groups\/a\/image: local, .* has no images/],
])("what contradicts itself is refused when the file is read: %j", async (policy, fault) => {
  await expect(parsePolicy("p", JSON.stringify(policy))).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringMatching(fault),
  });
});

test("text that is not JSON is refused", async () => {
  await expect(parsePolicy("p", '{"default": {},}')).rejects.toMatchObject({
    hint: expect.stringContaining("commas"),
  });
});

test("a file or directory that others may write to is not believed", async () => {
  using place = testInstallation();
  place.policy({});
  for (const path of [place.policyPath, place.installation.configDirectory, place.directory]) {
    chmodSync(path, 0o777);
    await expect(readPolicy(place.installation)).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining(`others may write to ${path}`),
      hint: `Run: chmod go-w '${path}'`,
    });
    chmodSync(path, path === place.policyPath ? 0o600 : 0o700);
  }
  expect((await readPolicy(place.installation)).exists).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)("nor one that belongs to another user", async () => {
  using place = testInstallation();
  place.policy({});
  chownSync(place.policyPath, 12_345, 0);
  await expect(readPolicy(place.installation)).rejects.toMatchObject({
    code: "permission_denied",
    message: expect.stringContaining("belongs to user 12345"),
  });
});

test("a policy that an agent can write to is refused, by a link too", async () => {
  using place = testInstallation();
  const { root, groupsDirectory, dataDirectory } = place.installation;
  for (const directory of [groupsDirectory, join(dataDirectory, "config")]) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "sandbox-policy.json"), "{}");
    const inside = { ...installationAt({ root, configDirectory: directory }) };
    await expect(readPolicy(inside)).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("which agents can write to"),
    });
  }
  symlinkSync(join(groupsDirectory, "sandbox-policy.json"), place.policyPath);
  await expect(readPolicy(place.installation)).rejects.toMatchObject({ code: "permission_denied" });
});

test("a link that leads nowhere is no empty policy", async () => {
  using place = testInstallation();
  place.policy({ default: { runtime: "tart" } });
  renameSync(place.policyPath, `${place.policyPath}.old`);
  symlinkSync(join(place.directory, "gone.json"), place.policyPath);
  await expect(readPolicy(place.installation)).rejects.toMatchObject({
    message: expect.stringContaining("is a link that leads nowhere"),
  });
});

test("names that nothing else has are remarked upon", async () => {
  using place = testInstallation();
  place.groupFile("there", {});
  const policy = await parsePolicy(
    "p",
    JSON.stringify({
      rules: [{ tags: ["finanse"], runtime: "tart" }],
      groups: { there: { tags: ["finance"], sensitive: true }, gone: {} },
    }),
  );
  const remarks = await policyRemarks(policy, place.installation);
  expect(remarks.join("\n")).toMatch(/No group has the tag finanse/);
  expect(remarks.join("\n")).toMatch(/No rule is for the tag finance/);
  expect(remarks.join("\n")).toMatch(/There is no group gone/);
  expect(remarks.join("\n")).toMatch(/there is sensitive, and no wall is demanded/);
  expect(remarks).toHaveLength(4);
});

test("a text that was accepted once is known, and another text is not", async () => {
  using place = testInstallation();
  const texts = ['{"default":{"runtime":"tart"}}', '{"default":{"runtime":"docker"}}'];
  const known = async () => {
    const checked = new CheckedPolicies(place.installation);
    return await Promise.all(texts.map((text) => checked.has(text)));
  };
  place.policy(texts[0]);
  await readPolicy(place.installation);
  expect(await known()).toEqual([true, false]);
  place.policy(texts[1]);
  await readPolicy(place.installation);
  expect(await known()).toEqual([false, true]);
  place.policy('{"default":{"runtime":"vibe"}}');
  await expect(readPolicy(place.installation)).rejects.toMatchObject({ code: "invalid_argument" });
  // What contradicts itself is told each time.
  place.policy({ default: { runtime: "docker", minimumIsolation: "vm" } });
  for (const _ of texts) await expect(readPolicy(place.installation)).rejects.toThrow("too weak");
});

test("where nothing can be remembered a policy holds all the same", async () => {
  using place = testInstallation();
  const policy = { default: { runtime: "tart" } };
  place.policy(policy);
  mkdirSync(join(place.installation.stateDirectory, ".."), { recursive: true });
  writeFileSync(place.installation.stateDirectory, "in the way");
  expect((await readPolicy(place.installation)).policy).toEqual(policy);
});
