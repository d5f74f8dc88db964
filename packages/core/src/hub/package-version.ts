import { readFileSync } from "node:fs";

/**
 * The version in this package's manifest, or `unknown` where the manifest is absent. The bundled command has its own
 * version in the place of this module.
 */
export function packageVersion(): string {
  try {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const version: unknown = (JSON.parse(text) as { version?: unknown }).version;
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}
