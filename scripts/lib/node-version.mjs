// Imported first, before anything that an old Node cannot parse.
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const [major, minor] = process.versions.node.split(".").map(Number);
const [wantedMajor, wantedMinor] = manifest.engines.node.match(/\d+/g).map(Number);

if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `This needs Node ${wantedMajor}.${wantedMinor} or later; ${process.execPath} is ${process.versions.node}.\n` +
      "Get it from https://nodejs.org, or with a version manager: nvm install 22\n",
  );
  process.exit(1);
}
