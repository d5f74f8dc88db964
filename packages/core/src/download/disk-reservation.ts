import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Room on a disk that a download of this process will still fill. */
export interface DiskReservation {
  /** Bytes still to be written. The holder keeps the figure current. */
  left: number;
  /** Bytes that other downloads of this process will still write there. */
  readonly others: number;
  release(): void;
}

const held = new Set<{ readonly disk: number | undefined; left: number }>();

/** Reserves `bytes` on the disk of `path` (or of its nearest existing parent) against other downloads of this process. */
export async function reserveDisk(path: string, bytes: number): Promise<DiskReservation> {
  const mine = { disk: await diskOf(path), left: bytes };
  held.add(mine);
  return {
    get left() {
      return mine.left;
    },
    set left(value) {
      mine.left = Math.max(0, value);
    },
    get others() {
      let sum = 0;
      for (const one of held) if (one !== mine && one.disk === mine.disk) sum += one.left;
      return sum;
    },
    release: () => void held.delete(mine),
  };
}

async function diskOf(path: string): Promise<number | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found !== undefined) return found.dev;
    if (dirname(at) === at) return undefined;
  }
}
