// Starts a guest on the disk it is told and says so; then it waits to be killed.
import { startGuest } from "../dist/index.js";

const [disk, support, owner] = process.argv.slice(2);
const guest = await startGuest({ disk, support, owner, addressSeed: owner });
guest.startService("sshd");
process.stdout.write(`${guest.pid}\n`);
setInterval(() => undefined, 60_000);
