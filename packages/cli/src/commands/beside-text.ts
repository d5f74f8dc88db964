import type { CachedRepo, Finding } from "@mlx-download/cache";
import { formatBytes } from "../text/format.ts";

/** Findings that say what lies about, not what is wrong. */
const HARMLESS: ReadonlySet<Finding["code"]> = new Set([
  "unreferenced-blob",
  "unfinished-download",
  "leftover",
  "quarantined",
  "no-cache",
]);

/** Whether a finding is something wrong, and not only data that no snapshot uses. */
export const isWrong = ({ code }: Finding): boolean => !HARMLESS.has(code);

/** `25.0 MB in quarantine`, as every command says it. */
export const quarantineText = (bytes: number): string => `${formatBytes(bytes)} in quarantine`;

/** The command that removes what no snapshot uses. */
export const PRUNE = "mlx-download cache prune";

/**
 * The data in repos that no snapshot uses, by kind: `25.0 MB in quarantine, 1.20 GB of unfinished downloads, 3.00 MB
 * unused`; undefined when there is none.
 */
export function besideText(repos: readonly Pick<CachedRepo, "findings">[]): string | undefined {
  const bytes = { quarantined: 0, unfinished: 0, unused: 0 };
  for (const { code, sizeOnDisk = 0 } of repos.flatMap(({ findings }) => findings)) {
    if (code === "quarantined") bytes.quarantined += sizeOnDisk;
    else if (code === "unfinished-download") bytes.unfinished += sizeOnDisk;
    else bytes.unused += sizeOnDisk;
  }
  const parts = [
    bytes.quarantined > 0 ? quarantineText(bytes.quarantined) : "",
    bytes.unfinished > 0 ? `${formatBytes(bytes.unfinished)} of unfinished downloads` : "",
    bytes.unused > 0 ? `${formatBytes(bytes.unused)} unused` : "",
  ].filter(Boolean);
  return parts.length === 0 ? undefined : parts.join(", ");
}
