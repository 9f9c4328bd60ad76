/** The host that stands for a registry: Docker Hub has another name than its images. */
export function registryHost(server: string): string {
  const host = server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return host === "docker.io" || host === "index.docker.io" ? "registry-1.docker.io" : host;
}
