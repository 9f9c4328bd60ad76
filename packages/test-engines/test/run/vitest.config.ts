import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["*.check.ts"], globalSetup: ["@nanoclaw/test-engines/docker-global-setup"] },
});
