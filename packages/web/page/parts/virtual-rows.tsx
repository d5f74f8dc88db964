import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows that are drawn beyond what is seen. */
const AROUND = 8;

/** A long list of rows of one height, of which only those in sight exist. The filter of the page finds the others. */
export function VirtualRows<T>({
  rows,
  height,
  label,
  head,
  draw,
}: {
  readonly rows: readonly T[];
  /** Of one row, in px. */
  readonly height: number;
  readonly label: string;
  readonly head: ComponentChildren;
  readonly draw: (row: T, at: number) => JSX.Element;
}): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, space: 600 });
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null) return;
    const look = (): void => setSeen({ top: box.scrollTop, space: box.clientHeight });
    look();
    box.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);
  const first = Math.max(0, Math.floor(seen.top / height) - AROUND);
  const end = Math.min(rows.length, Math.ceil((seen.top + seen.space) / height) + AROUND);
  return (
    <div class="virtual" ref={ref} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={rows.length + 1}>
        <thead>{head}</thead>
        <tbody>
          <tr class="space" aria-hidden="true" style={{ blockSize: `${first * height}px` }} />
          {rows.slice(first, end).map((row, at) => draw(row, first + at))}
          <tr
            class="space"
            aria-hidden="true"
            style={{ blockSize: `${(rows.length - end) * height}px` }}
          />
        </tbody>
      </table>
    </div>
  );
}
