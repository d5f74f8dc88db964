import type { JSX } from "preact";
import type { LimitsNow } from "../../src/contract.ts";
import { post } from "../state/api.ts";
import { bytesText } from "../text/format.ts";
import { attempt } from "./notices.tsx";

const MB = 1_000_000;

/** How fast the queue may go: the slow mode at a click, the rest folded away. */
export function Limits({ limits: now }: { readonly limits: LimitsNow }): JSX.Element {
  const set = (part: object): void => void attempt(() => post("downloads/limits", part));
  const clock = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const minutes = (text: string): number =>
    Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const hours = now.slowHours;
  return (
    <div class="tools limits">
      <button type="button" aria-pressed={now.slow} onClick={() => set({ slow: !now.slow })}>
        Slow mode{now.slowNow ? `: ${bytesText(now.slowBytesPerSecond)}/s` : ""}
      </button>
      <label class="field">
        At once
        <select
          value={String(now.atOnce)}
          onChange={({ currentTarget }) => set({ atOnce: Number(currentTarget.value) })}
        >
          {[1, 2, 3, 4, 6, 8].map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <details class="more">
        <summary>Limits</summary>
        <div class="fields">
          <label class="field">
            Limit, MB/s
            <input
              type="number"
              min="0"
              step="any"
              placeholder="none"
              value={now.bytesPerSecond === null ? "" : now.bytesPerSecond / MB}
              onChange={({ currentTarget: { value } }) =>
                set({ bytesPerSecond: Number(value) > 0 ? Math.round(Number(value) * MB) : null })
              }
            />
          </label>
          <label class="field">
            Slow mode, MB/s
            <input
              type="number"
              min="0.001"
              step="any"
              value={now.slowBytesPerSecond / MB}
              onChange={({ currentTarget: { value } }) =>
                set({ slowBytesPerSecond: Math.round(Number(value) * MB) })
              }
            />
          </label>
          <label class="field">
            <input
              type="checkbox"
              checked={hours !== null}
              onChange={({ currentTarget }) =>
                set({ slowHours: currentTarget.checked ? { from: 480, to: 1080 } : null })
              }
            />
            Slow by the clock
          </label>
          {hours && (
            <>
              <label class="field">
                from
                <input
                  type="time"
                  value={clock(hours.from)}
                  onChange={({ currentTarget: { value } }) =>
                    set({ slowHours: { ...hours, from: minutes(value) } })
                  }
                />
              </label>
              <label class="field">
                to
                <input
                  type="time"
                  value={clock(hours.to)}
                  onChange={({ currentTarget: { value } }) =>
                    set({ slowHours: { ...hours, to: minutes(value) } })
                  }
                />
              </label>
            </>
          )}
        </div>
      </details>
    </div>
  );
}
