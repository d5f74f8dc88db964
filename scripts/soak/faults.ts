import type { Fault, TestHub } from "@mlx-download/hub-server/testing";
import { oneOf } from "./words.ts";

/** Puts one random fault into the Hub, for a few requests. */
export function addRandomFault(hub: TestHub, random: () => number): void {
  const times = 1 + Math.floor(random() * 3);
  const afterBytes = Math.floor(random() * 2_000_000);
  hub.faults.add(
    oneOf<Fault>(
      [
        { on: "cdn", kind: "cut", afterBytes, times },
        { on: "cdn", kind: "cut", afterBytes, reset: true, times },
        { on: ["api", "resolve", "cdn"], kind: "hangUp", times },
        { on: "cdn", kind: "wrongBytes", offset: afterBytes, times },
        { on: "cdn", kind: "stall", afterBytes, times: 1 },
        { on: "cdn", kind: "slow", bytesPerSecond: 2_000_000, times },
        { on: ["api", "resolve", "cdn"], kind: "status", status: 503, times },
        { on: "cdn", kind: "expiredSignature", times },
        { on: "cdn", kind: "ignoreRange", times },
        { on: "cdn", kind: "emptyPart", times },
        { on: "cdn", kind: "withoutLength", times },
        { on: "api", kind: "loginPage", times: 1 },
        { on: "api", kind: "truncatedJson", times: 1 },
      ],
      random,
    ),
  );
}
