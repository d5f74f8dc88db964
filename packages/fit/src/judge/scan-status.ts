import type { SecurityFinding } from "./security-finding.ts";

/** The Hub scanners' verdict on a file, by path. A file that is not in the map has no answer. */
export type ScanStatuses = ReadonlyMap<string, string>;

type Meaning = Omit<SecurityFinding, "path">;

/**
 * The statuses of `securityFileStatus` (the Hub's OpenAPI description, 2026). A file that was not scanned to the end is
 * worth a note. One whose format can run code needs the scanners' consent, so that its missing verdict is a caution.
 */
const MEANINGS: Readonly<Record<string, Meaning | undefined>> = {
  safe: undefined,
  unsafe: {
    code: "scan-unsafe",
    severity: "danger",
    message: "the Hub's scanners call it unsafe",
  },
  suspicious: {
    code: "scan-suspicious",
    severity: "caution",
    message: "the Hub's scanners call it suspicious",
  },
  caution: {
    code: "scan-caution",
    severity: "caution",
    message: "the Hub's scanners advise caution",
  },
  queued: {
    code: "scan-pending",
    severity: "note",
    message: "it still waits for the Hub's scanners",
  },
  unscanned: {
    code: "scan-pending",
    severity: "note",
    message: "the Hub's scanners have not looked at it",
  },
  error: {
    code: "scan-failed",
    severity: "note",
    message: "the Hub's scanners failed to read it",
  },
};

/**
 * The finding behind a scan status, `undefined` for a safe file. A status that is not known is a caution: it is no
 * `safe`. A file without any status is a finding only when it can run code (`risky`).
 */
export function scanFinding(status: string | undefined, risky: boolean): Meaning | undefined {
  if (status === undefined) {
    return risky
      ? {
          code: "scan-missing",
          severity: "caution",
          message: "this server has no scan result for it",
        }
      : undefined;
  }
  const known = Object.hasOwn(MEANINGS, status);
  const meaning: Meaning | undefined = known
    ? MEANINGS[status]
    : {
        code: "scan-caution",
        severity: "caution",
        message: `the Hub's scanners call it ${JSON.stringify(status.slice(0, 40))}`,
      };
  return meaning?.severity === "note" && risky ? { ...meaning, severity: "caution" } : meaning;
}

/**
 * Whether `trust: "scanned"` refuses a finding: everything dangerous, everything that the scanners suspect, and a file that could
 * run code and has no verdict yet.
 */
export function isRefusedByScanned({ code, severity }: SecurityFinding): boolean {
  return (
    severity === "danger" ||
    code === "scan-suspicious" ||
    (severity === "caution" && /^scan-(?:pending|failed|missing)$/.test(code))
  );
}
