import type { Sandbox, SandboxProcess } from "@nanoclaw/sandbox";
import type { CheckContext } from "../check.js";

/** Programs that can answer on a TCP port, each as shell code with the port in `$1` and the answer in `$2`. */
const listeners: Record<string, string> = {
  nc: 'while :; do printf "%s" "$2" | nc -l -p "$1" >/dev/null 2>&1 || printf "%s" "$2" | nc -l "$1" >/dev/null 2>&1 || exit 1; done',
  perl: `exec perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,0);setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1);bind(S,sockaddr_in($ARGV[0],INADDR_ANY))||die;listen(S,5);while(accept(C,S)){syswrite(C,$ARGV[1]);close C}' "$1" "$2"`,
  python3: `exec python3 -c 'import socket,sys
s=socket.create_server(("0.0.0.0",int(sys.argv[1])))
while True:
  c,_=s.accept();c.sendall(sys.argv[2].encode());c.close()' "$1" "$2"`,
  node: `exec node -e 'require("net").createServer((c)=>c.end(process.argv[2])).listen(+process.argv[1])' "$1" "$2"`,
};

/** Starts something in the guest that answers every connection to a port, or skips the check where nothing can. */
export async function listen(
  context: CheckContext,
  sandbox: Sandbox,
  port: number,
  answer: string,
): Promise<SandboxProcess> {
  for (const [program, code] of Object.entries(listeners)) {
    if ((await sandbox.exec(`command -v ${program}`)).exitCode !== 0) continue;
    const child = await sandbox.spawn(["sh", "-c", code, "sh", String(port), answer]);
    child.wait().catch(() => undefined);
    context.defer(() => child.kill());
    return child;
  }
  return context.skip(`the guest has none of ${Object.keys(listeners).join(", ")} to listen on a port with`);
}
