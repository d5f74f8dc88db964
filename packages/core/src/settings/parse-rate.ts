import { parseBytes } from "@mlx-download/cache/amounts";
import { ModelDownloadError } from "../contract/errors.ts";

/**
 * Bytes a second from text: `5M`, `500k`, `1.5MB/s`, `5000000`. k, M, G are powers of 1000, Ki, Mi, Gi of 1024, in
 * upper or lower case. `none`, `0` and `unlimited` are Infinity. Throws `settings/invalid`. `source` names the origin
 * of the text.
 */
export function parseRate(text: string, source = "the rate"): number {
  const word = text.trim();
  if (/^(none|unlimited|0+)$/i.test(word)) return Infinity;
  const rate = parseBytes(word.replace(/\/s$/i, ""));
  if (rate !== undefined && rate >= 1) return rate;
  throw new ModelDownloadError(`${source} is no rate: ${word.slice(0, 40)}`, "settings/invalid", {
    hint: "Write bytes a second like 5M (5,000,000), 500k or 1.5M. The word none lifts the limit.",
    data: { source },
  });
}

/** The rate when it is a positive number of bytes a second. Throws `settings/invalid` otherwise. */
export function checkRate(bytesPerSecond: number): number {
  if (bytesPerSecond >= 1) return bytesPerSecond;
  throw new ModelDownloadError(
    `a rate must be a positive number of bytes a second, not ${bytesPerSecond}`,
    "settings/invalid",
    { hint: "5_000_000 is 5 MB/s. Infinity is no limit." },
  );
}
