import type { JSX } from "preact";
import { bytesText } from "../text/format.ts";

/** How far a download is. 100 only when it is complete. */
export function percent({
  here,
  total,
}: {
  readonly here: number;
  readonly total: number;
}): number {
  return total === 0 ? 100 : Math.floor((here / total) * 100);
}

/** The speed of the last two minutes as a line. */
export function Spark({ speeds }: { readonly speeds: readonly number[] }): JSX.Element | null {
  if (speeds.length < 3) return null;
  const top = Math.max(...speeds, 1);
  const points = speeds.map((speed, at) => `${at},${(28 - (speed / top) * 26).toFixed(1)}`);
  const end = speeds.length - 1;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${end} 28`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Speed over the last two minutes, at most ${bytesText(top)} a second`}
    >
      <polygon points={`0,28 ${points.join(" ")} ${end},28`} />
      <polyline points={points.join(" ")} />
    </svg>
  );
}
