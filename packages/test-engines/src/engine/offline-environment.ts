/**
 * The environment of an engine that reaches no registry but one on this host, so that tests mean the same with a
 * network and without. Nothing listens on port 9, which is reserved for discarding.
 */
export function offlineEnvironment(): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  const here = "127.0.0.1,localhost,::1";
  return {
    PATH: [process.env.PATH, "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"].join(":"),
    HOME: process.env.HOME,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: here,
    http_proxy: nowhere,
    https_proxy: nowhere,
    no_proxy: here,
  };
}
