import { isolationOf, meets, runtimesFor } from "./isolation.js";
import type { Policy } from "./policy.js";
import { type Profile, profileOf } from "./profile.js";

/**
 * What a policy says and cannot mean, for every group that it names and for all others. Told when the file is read and
 * not when the group writes: a wall that nobody meant is noticed too late.
 */
export function contradictions(policy: Policy): string[] {
  return [...new Set(profilesOf(policy).flatMap(contradictionsOf))];
}

/** One for each group that the policy names, and one for any other. */
function profilesOf(policy: Policy): Profile[] {
  const folders = new Set([
    ...Object.keys(policy.groups ?? {}),
    ...(policy.rules ?? []).flatMap(({ groups = [] }) => groups),
  ]);
  // No group can be called so.
  return [...[...folders].map((folder) => profileOf(policy, folder)), profileOf(policy, "")];
}

function contradictionsOf({ folder, runtime, minimum, fallback, image }: Profile): string[] {
  const group = folder === "" ? "a group that is not named" : `the group ${folder}`;
  const faults: string[] = [];
  const weak = (what: string, of: string) =>
    `${what} ${of} for ${group}, which needs at least ${minimum?.value} by ${minimum?.place}: write one of ` +
    `${runtimesFor(minimum?.value ?? "process")}`;
  if (runtime && !meets(runtime.value, minimum?.value)) {
    const wall = isolationOf[runtime.value];
    faults.push(weak(`${runtime.place}/runtime: ${runtime.value} isolates by ${wall}`, "and is too weak"));
  }
  for (const each of fallback?.value ?? []) {
    if (!meets(each, minimum?.value))
      faults.push(weak(`${fallback?.place}/fallback: ${each}`, "is too weak"));
  }
  if (typeof image?.value === "string") {
    if (runtime === undefined) {
      faults.push(
        `${image.place}/image: the policy gives ${group} no runtime that this is an image of: write { "docker": ` +
          `${JSON.stringify(image.value)} }`,
      );
    } else if (runtime.value === "local") {
      faults.push(`${image.place}/image: local, which ${group} runs in, has no images: take it out`);
    }
  }
  return faults;
}
