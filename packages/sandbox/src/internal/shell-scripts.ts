import processTree from "./process-tree.sh";

/** A script without its comments and indentation: it is an argument, and shows in process lists. */
export function compactScript(source: string): string {
  return source.replace(/^\s*(#.*)?\n/gm, "").replace(/^[ \t]+/gm, "");
}

/**
 * Shell functions for a Linux guest. `sb_scan MARK PID` finds the living processes of a command, as numbers between
 * spaces in `sb_found`: those under the limit of MARK on file locks, their children and sessions, and PID with its
 * own. `sb_kill_tree MARK PID` ends them. `sb_n` has to be a line end.
 */
export const processTreeScript = compactScript(processTree);
