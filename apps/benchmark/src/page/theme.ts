const KEY = "sandbox-bench-theme";

/** As the reader chose it before, on this page or another one of its kind. "system" follows the system. */
export function rememberedTheme(): string {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    // A browser may keep nothing for pages from disk.
    return "system";
  }
}

export function applyTheme(theme: string): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function rememberTheme(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is closed.
  }
}
