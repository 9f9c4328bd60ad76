/** The user without rights that every system has. */
const nobody = 65_534;

/**
 * Gives up root's rights for good. Each file of tests has a process to itself. Returns false when there were none,
 * because the tests are not run by root.
 */
export function becomeNobody(): boolean {
  if (process.getuid?.() !== 0) return false;
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
  return true;
}
