import type { FileScan, RepoFile, RepoSettings, ScannerResult } from "../store/repo-store.ts";

/** Statuses that the summary of a repo names, as the `level` of an issue. */
const ISSUES: ReadonlySet<string> = new Set(["caution", "suspicious", "unsafe"]);

/**
 * `securityFileStatus` of a file. Statuses and scanners follow the Hub's OpenAPI description as
 * generated clients have it (tryAGI/HuggingFace, 2026). Texts of a safe file come from trees
 * recorded from openai-community/gpt2 in 2026. Python fails without `status`, `avScan` and
 * `pickleImportScan`.
 */
export function securityFileStatus(
  file: RepoFile,
  { scans }: Pick<RepoSettings, "scans">,
): Record<string, unknown> {
  const { status, ...results } = scanOf(file.path, scans);
  const given = (scanner: keyof typeof results, fallback: ScannerResult): object => ({
    ...fallback,
    ...results[scanner],
  });
  return {
    status,
    protectAiScan: given("protectAiScan", { status: "unscanned" }),
    avScan: given("avScan", { status: "safe", message: "No security issues detected" }),
    pickleImportScan: {
      ...given("pickleImportScan", { status: "unscanned", pickleImports: [] }),
      version: "0.0.0",
    },
    virusTotalScan: given("virusTotalScan", { status: "unscanned" }),
    jFrogScan: given("jFrogScan", { status: "unscanned", message: "Not a machine-learning model" }),
  };
}

/**
 * `securityRepoStatus`, which `?securityStatus=true` and `/scan` give (both seen on mcpotato/42-eicar-street,
 * 2026-10-06). `scansDone` is false there for well-known repos whose files are all safe.
 */
export function securityRepoStatus({
  scans,
  scansDone,
}: Pick<RepoSettings, "scans" | "scansDone">): {
  scansDone: boolean;
  filesWithIssues: { path: string; level: string }[];
} {
  const filesWithIssues = Object.keys(scans).flatMap((path) => {
    const level = scanOf(path, scans).status;
    return ISSUES.has(level) ? [{ path, level }] : [];
  });
  return { scansDone, filesWithIssues };
}

function scanOf(path: string, scans: RepoSettings["scans"]): FileScan {
  const scan = (Object.hasOwn(scans, path) ? scans[path] : undefined) ?? "safe";
  return typeof scan === "string" ? { status: scan } : scan;
}
