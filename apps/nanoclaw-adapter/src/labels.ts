/** Labels of every sandbox here: the installation's slug and the group's folder. Upstream's own names. */
export const labelNames = { installation: "nanoclaw-install", folder: "nanoclaw-group-folder" } as const;
