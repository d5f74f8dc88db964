import type { Discovery } from "./discovery.ts";

/** The discovery of this machine. On a Mac the system's: two responders on one machine disturb each other. */
export async function openDiscovery(env: NodeJS.ProcessEnv): Promise<Discovery> {
  if (process.platform === "darwin") {
    const { dnsSdDiscovery } = await import("./dns-sd.ts");
    return dnsSdDiscovery(env);
  }
  const { bonjourDiscovery } = await import("./bonjour.ts");
  return bonjourDiscovery();
}
