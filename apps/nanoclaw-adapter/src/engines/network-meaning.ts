import type { Runtime } from "../runtime.js";

/** What a guest reaches, by engine: "open" is not the same everywhere, and nowhere a wall. */
export const networkMeaning: Readonly<Record<Runtime, Readonly<Record<"open" | "none", string>>>> = {
  tart: {
    open: "NAT: the internet, the local network, and services of this host that listen on its bridge",
    none: "nothing, by Softnet, which must be installed; needs the guest agent in the image",
  },
  container: {
    open: "NAT: the internet, the local network, other containers, and services of this host that listen on its bridge",
    none: "nothing but its own loopback",
  },
  docker: {
    open: "the engine's bridge: the internet, the local network, other containers there, and services of this host that listen on it",
    none: "nothing but its own loopback",
  },
  local: {
    open: "the host's own interfaces, with services that listen on its loopback alone",
    none: "nothing but its own loopback",
  },
};
