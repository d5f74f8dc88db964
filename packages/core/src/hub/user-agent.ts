import { readFileSync } from "node:fs";

function packageVersion(): string {
  try {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const version: unknown = (JSON.parse(text) as { version?: unknown }).version;
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}

/** `mlx-download/<version>; node/<version>; <platform>-<arch>[; origin/<origin>]`, in header-safe characters. */
export function userAgent(origin?: string): string {
  const parts = [
    `mlx-download/${packageVersion()}`,
    `node/${process.versions.node}`,
    `${process.platform}-${process.arch}`,
    ...(origin ? [`origin/${origin}`] : []),
  ];
  return parts.map((part) => part.replaceAll(/[^\u0021-\u003a\u003c-\u007e]+/g, "_")).join("; ");
}
