import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.base.js";

export default mergeConfig(
  base,
  defineConfig({
    plugins: [
      {
        name: "shell-text",
        transform: (code, id) => (id.endsWith(".sh") ? `export default ${JSON.stringify(code)};` : undefined),
      },
    ],
  }),
);
