import type { Parsed } from "@nanoclaw/emulator-base";

/** A user by numbers, or by a text that only the guest understands. */
export type User =
  | { readonly id: { readonly uid: number; readonly gid: number } }
  | { readonly raw: { readonly userString: string } };

/** Who a process runs as, and the groups that are added. `standard` is who it would be (apple-container.md §4.2). */
export function userOf(parsed: Parsed, standard: User): { user: User; supplementalGroups: number[] } {
  const [text, uid, gid] = [
    parsed.optionalText("user"),
    parsed.optionalNumber("uid"),
    parsed.optionalNumber("gid"),
  ];
  if (text) return { user: { raw: { userString: text } }, supplementalGroups: [] };
  if (uid !== undefined && gid !== undefined) return { user: { id: { uid, gid } }, supplementalGroups: [] };
  if (uid !== undefined) return { user: { raw: { userString: `${uid}` } }, supplementalGroups: [] };
  // A group alone is one more, and the user's own stays.
  return { user: standard, supplementalGroups: gid === undefined ? [] : [gid] };
}
