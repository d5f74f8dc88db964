import type { FetchUnit, Reconstruction, XetFile } from "@mlx-download/xet";
import { XetFailure } from "./xet-failure.ts";
import type { XetRoute } from "./xet-route.ts";

/** The signed addresses of a file's units, which live for a short time only. */
export interface XetAddresses {
  /** The unit with an address that is good now. `endsSoon`: as far as its `Expires` tells. */
  of(
    unit: FetchUnit,
    signal: AbortSignal,
  ): Promise<{ readonly unit: FetchUnit; readonly endsSoon: boolean }>;
  /** Asks for another address for the unit, together with all who ask now. */
  replace(unit: FetchUnit, signal: AbortSignal): Promise<void>;
}

// A request that starts so late may be judged after the end.
const EARLY_MS = 10_000;

/** The addresses in `parts`, and those that the storage gives later. `xet`: the loaded package. */
export function createXetAddresses(
  file: XetFile,
  parts: readonly Reconstruction[],
  {
    route,
    xet: { renewUnit, urlExpiry },
  }: {
    readonly route: XetRoute;
    readonly xet: Pick<typeof import("@mlx-download/xet"), "renewUnit" | "urlExpiry">;
  },
): XetAddresses {
  let current = parts;
  let givenAt = Date.now();
  let asking: Promise<void> | undefined;

  const renewed = (unit: FetchUnit): FetchUnit => {
    if (current === parts) return unit;
    for (const part of current) {
      const found = renewUnit(unit, part);
      if (found !== undefined) return found;
    }
    const { host } = new URL(unit.url);
    throw new XetFailure(`the storage lists other ranges of xorb ${unit.xorb} now`, {
      code: "xet/invalid-reconstruction",
      phase: "reconstruction",
      host,
      forAll: false,
    });
  };
  const refresh = async (signal: AbortSignal): Promise<void> => {
    current = await route.reconstruct(file, signal);
    givenAt = Date.now();
  };
  const ask = async (signal: AbortSignal): Promise<void> => {
    asking ??= refresh(signal).finally(() => (asking = undefined));
    await asking;
  };
  /** Those that live short are renewed after half of their life. */
  const isOld = ({ url }: FetchUnit): boolean => {
    const end = urlExpiry(url);
    if (end === undefined) return false;
    const early = Math.min(EARLY_MS, Math.max(0, (end - givenAt) / 2));
    return Date.now() >= end - early;
  };

  return {
    async of(planned, signal) {
      let unit = renewed(planned);
      if (isOld(unit)) {
        await ask(signal);
        unit = renewed(planned);
      }
      return { unit, endsSoon: isOld(unit) };
    },
    replace: (_unit, signal) => ask(signal),
  };
}
