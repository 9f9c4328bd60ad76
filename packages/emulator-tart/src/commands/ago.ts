const units = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `3 minutes ago`. */
export function ago(date: Date, now = new Date()): string {
  const seconds = Math.max(0, Math.trunc((now.getTime() - date.getTime()) / 1000));
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? (["second", 1] as const);
  const count = Math.trunc(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
