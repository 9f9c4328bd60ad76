import { readdir } from "node:fs/promises";
import type { Installation } from "../installation.js";
import type { Policy } from "./policy.js";
import { profileOf } from "./profile.js";

/** What is allowed in a policy and most likely a slip: a name that nothing else has. */
export async function policyRemarks(policy: Policy, { groupsDirectory }: Installation): Promise<string[]> {
  const { groups = {}, rules = [] } = policy;
  const given = new Set(Object.values(groups).flatMap(({ tags = [] }) => tags));
  const asked = new Set(rules.flatMap(({ tags = [] }) => tags));
  const folders = new Set([...Object.keys(groups), ...rules.flatMap(({ groups: named = [] }) => named)]);
  const there = new Set(await readdir(groupsDirectory).catch(() => []));
  return [
    ...[...asked]
      .filter((tag) => !given.has(tag))
      .map((tag) => `No group has the tag ${tag}, which a rule is for.`),
    ...[...given].filter((tag) => !asked.has(tag)).map((tag) => `No rule is for the tag ${tag}.`),
    ...[...folders]
      .filter((folder) => !there.has(folder))
      .map((folder) => `There is no group ${folder} in ${groupsDirectory} yet.`),
    ...[...folders]
      .map((folder) => profileOf(policy, folder))
      .filter(({ sensitive, minimum, runtime }) => sensitive && !minimum && !runtime)
      .map(({ folder }) => `${folder} is sensitive, and no wall is demanded for it: add minimumIsolation.`),
  ];
}
