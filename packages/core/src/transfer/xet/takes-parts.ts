import type { ListedRange } from "@mlx-download/xet";
import { askUnit, UnitError } from "./ask-unit.ts";
import type { XetRoute } from "./xet-route.ts";

// As long as a request may last that only saves bytes.
const PROBE_MS = 3_000;

/**
 * Whether the host of a listed range gives parts of it: no documentation says so, and one CDN was seen to refuse. One byte is
 * asked for, once a host. Any other answer than that byte is a no.
 */
export function takesParts(
  range: ListedRange,
  route: Pick<XetRoute, "client" | "subRanges" | "probes">,
  signal: AbortSignal,
): Promise<boolean> {
  const { host } = new URL(range.url);
  const known = route.subRanges.get(host);
  if (known !== undefined) return Promise.resolve(known);
  const probe = route.probes.get(host) ?? ask(range, route, signal);
  route.probes.set(host, probe);
  return probe;
}

async function ask(
  range: ListedRange,
  { client, subRanges }: Pick<XetRoute, "client" | "subRanges">,
  signal: AbortSignal,
): Promise<boolean> {
  const byte = new Uint8Array(1);
  const { start } = range.bytes;
  const unit = { ...range, uses: [], within: [] };
  const { host } = new URL(range.url);
  try {
    await askUnit(
      { unit, start, end: start + 1, skip: 0 },
      {
        client,
        sink: { space: () => byte, filled: () => undefined },
        signal,
        idleMs: PROBE_MS,
        onWire: () => undefined,
        endsSoon: false,
      },
    );
    subRanges.set(host, true);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UnitError)) throw error;
    // A host that is down now may give parts later.
    if (error.fault !== "transient") subRanges.set(host, false);
    return false;
  }
}
