// Owns a sandbox: creates it, runs one process in it, prints what that says, and waits to be killed.
// Arguments: state directory, id, shell code for the guest.
import { local } from "../../dist/index.js";

const [stateDirectory, id, code] = process.argv.slice(2);
const context = { signal: AbortSignal.timeout(60_000), emit: () => undefined };
const driver = await local({ stateDirectory }).create(
  {
    id,
    env: {},
    labels: {},
    mounts: [],
    limits: {},
    network: "none",
    ports: [],
    lifetime: "owner",
    owner: { installation: "installation-of-these-tests", pid: process.pid, startedAt: "0", host: "here" },
    mainCommand: ["/bin/sh", "-c", 'while read -r line; do eval "$line"; done'],
  },
  context,
);
const child = await driver.spawn({ argv: ["/bin/sh", "-c", code] }, context);
for await (const { data } of child.output) process.stdout.write(data);
