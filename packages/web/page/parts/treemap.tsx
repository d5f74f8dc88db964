import { hierarchy, treemap } from "d3-hierarchy";
import type { JSX } from "preact";
import type { LibraryRepo } from "../../src/contract.ts";
import { bytesText } from "../text/format.ts";
import { to } from "../state/address.ts";

const MOST = 60;
const WIDTH = 1000;
const HEIGHT = 260;

/** Where the disk went: an area a model. The table beside it says the same in figures. */
export function Treemap({ repos }: { readonly repos: readonly LibraryRepo[] }): JSX.Element | null {
  if (repos.length < 2) return null;
  // Unfinished data takes room, too.
  const sorted = repos
    .map(({ repoId, sizeOnDisk, unusedOnDisk }) => ({ repoId, size: sizeOnDisk + unusedOnDisk }))
    .toSorted((a, b) => b.size - a.size);
  const rest = sorted.slice(MOST).reduce((sum, { size }) => sum + size, 0);
  const leaves = sorted.slice(0, MOST);
  if (rest > 0) leaves.push({ repoId: `${sorted.length - MOST} smaller ones`, size: rest });
  interface Node {
    readonly repoId: string;
    readonly size: number;
    readonly children?: Node[];
  }
  const root = treemap<Node>().size([WIDTH, HEIGHT]).padding(3).round(true)(
    hierarchy<Node>({ repoId: "", size: 0, children: leaves }).sum(({ size }) => size),
  );
  return (
    <div class="treemap" aria-hidden="true">
      {root.leaves().map(({ data: { repoId, size }, x0, x1, y0, y1 }, at) => (
        <a
          key={repoId}
          tabIndex={-1}
          href={repoId.includes("/") ? to("model", { ref: repoId }) : to("library")}
          title={`${repoId}: ${bytesText(size)}`}
          class={`tone${at % 4}`}
          style={{
            insetInlineStart: `${(x0 / WIDTH) * 100}%`,
            insetBlockStart: `${(y0 / HEIGHT) * 100}%`,
            inlineSize: `${((x1 - x0) / WIDTH) * 100}%`,
            blockSize: `${((y1 - y0) / HEIGHT) * 100}%`,
          }}
        >
          {(x1 - x0) * (y1 - y0) > 9000 && (
            <>
              <b>{repoId.slice(repoId.indexOf("/") + 1)}</b>
              <span>{bytesText(size)}</span>
            </>
          )}
        </a>
      ))}
    </div>
  );
}
