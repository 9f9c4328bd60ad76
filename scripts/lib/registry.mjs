import { once } from "node:events";
import { runServer } from "verdaccio";
import { run } from "./run.mjs";

/**
 * Starts an npm registry on loopback that takes what is ours and passes on the rest to the machine's own registry.
 * Anyone on this machine may publish to it while it runs; nothing leaves it.
 *
 * @param {{ storage: string, ours: string[] }} options
 * @returns {Promise<{ url: string, host: string, versions(name: string): Promise<string[]>, close(): Promise<void> }>}
 */
export async function startRegistry({ storage, ours }) {
  const upstream = (await run(["npm", "config", "get", "registry"])).trim();
  const server = await runServer({
    storage,
    configPath: `${storage}/config.yaml`,
    uplinks: { machine: { url: upstream, timeout: "60s" } },
    packages: {
      // Without a proxy, so that a package of the same name elsewhere can never be taken for ours.
      ...Object.fromEntries(ours.map((name) => [name, { access: "$all", publish: "$all" }])),
      "**": { access: "$all", proxy: "machine" },
    },
    log: { type: "stdout", format: "pretty", level: "fatal" },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${server.address().port}`;
  const url = `http://${host}/`;
  return {
    url,
    host,
    async versions(name) {
      const response = await fetch(url + name.replace("/", "%2f"));
      if (response.status === 404) return [];
      if (!response.ok) throw new Error(`The registry answered ${response.status} for ${name}.`);
      return Object.keys((await response.json()).versions);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
