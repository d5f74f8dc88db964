import type { DownloadEvent } from "@mlx-download/core";
import type { TakenBytes } from "../contract-neighbours.ts";

/** What downloads took from neighbours. */
export interface TakenTally {
  readonly onEvent: (event: DownloadEvent) => void;
  list(): readonly TakenBytes[];
}

const PEER = "peer ";
const MOST = 500;

/** An empty {@link TakenTally}. */
export function createTakenTally(): TakenTally {
  const taken = new Map<string, TakenBytes>();
  return {
    onEvent(event) {
      if (event.type !== "result") return;
      const { repoId, sources } = event.result;
      for (const { name, bytes } of sources) {
        if (!name.startsWith(PEER)) continue;
        const from = name.slice(PEER.length);
        const key = `${from} ${repoId}`;
        const before = taken.get(key)?.bytes ?? 0;
        taken.delete(key);
        taken.set(key, { from, repoId, bytes: before + bytes });
        const [oldest] = taken.keys();
        if (taken.size > MOST && oldest !== undefined) taken.delete(oldest);
      }
    },
    list: () => [...taken.values()].toReversed(),
  };
}
