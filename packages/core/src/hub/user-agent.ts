import { packageVersion } from "./package-version.ts";

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
