/** The figures of a mirror since its start. */
export interface MirrorMetrics {
  /** Counts an answered request. */
  readonly answered: (status: number, bytes: number) => void;
  /** Counts body bytes that came from the Hub. */
  readonly received: (bytes: number) => void;
  readonly filled: (failed: boolean) => void;
  readonly evicted: (bytes: number) => void;
  readonly refused: (reason: Refused) => void;
  /** In Prometheus' text format 0.0.4. `now` has the figures that come and go. */
  text(now: { readonly requests: number; readonly fills: number }): string;
}

/** Why a request was turned away before any route saw it. */
export type Refused = "access-token" | "client-limit" | "method" | "repo-rule";

const PREFIX = "mlx_download_mirror";

/** Counters at zero. */
export function createMetrics(): MirrorMetrics {
  const statuses = new Map<string, number>();
  const refusals = new Map<string, number>();
  const sums = { sent: 0, received: 0, fills: 0, failedFills: 0, evicted: 0 };
  const count = (map: Map<string, number>, key: string): void =>
    void map.set(key, (map.get(key) ?? 0) + 1);
  return {
    answered(status, bytes) {
      count(statuses, String(status));
      sums.sent += bytes;
    },
    received: (bytes) => void (sums.received += bytes),
    filled: (failed) => void (failed ? (sums.failedFills += 1) : (sums.fills += 1)),
    evicted: (bytes) => void (sums.evicted += bytes),
    refused: (reason) => count(refusals, reason),
    text(now) {
      const labelled = (map: Map<string, number>, label: string): readonly Sample[] =>
        [...map].map(([key, value]) => [`{${label}="${key}"}`, value]);
      const families: readonly Family[] = [
        ["requests_total", "counter", "Answered requests by status.", labelled(statuses, "status")],
        [
          "refused_total",
          "counter",
          "Requests turned away, by reason.",
          labelled(refusals, "reason"),
        ],
        ["sent_bytes_total", "counter", "Body bytes that clients took.", [["", sums.sent]]],
        [
          "upstream_bytes_total",
          "counter",
          "Body bytes of files from the Hub.",
          [["", sums.received]],
        ],
        ["fills_total", "counter", "Files brought into the cache.", [["", sums.fills]]],
        [
          "failed_fills_total",
          "counter",
          "Files that could not be brought.",
          [["", sums.failedFills]],
        ],
        [
          "evicted_bytes_total",
          "counter",
          "Bytes removed to stay below the size limit.",
          [["", sums.evicted]],
        ],
        ["requests", "gauge", "Requests being answered.", [["", now.requests]]],
        ["fills", "gauge", "Files being brought.", [["", now.fills]]],
      ];
      return families.map(familyText).join("");
    },
  };
}

type Sample = readonly [labels: string, value: number];
type Family = readonly [name: string, type: string, help: string, samples: readonly Sample[]];

function familyText([name, type, help, samples]: Family): string {
  const full = `${PREFIX}_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${labels} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}
