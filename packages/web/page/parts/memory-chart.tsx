import type { JSX } from "preact";
import type { FitPoint, MachineFacts } from "../../src/contract.ts";
import { bytesText, memoryText, tokensText } from "../text/format.ts";
import { FitBadge } from "./basics.tsx";

const parts = [
  ["weightsBytes", "weights"],
  ["kvPeakBytes", "keys and values"],
  ["activationBytes", "activations"],
  ["overheadBytes", "overhead"],
] as const;

/** Memory over the context length against the limit, and the same as a table with its arithmetic. */
export function MemoryChart({
  points,
  machine,
}: {
  readonly points: readonly FitPoint[];
  readonly machine: MachineFacts;
}): JSX.Element | null {
  const known = points.filter((point) => point.totalBytes !== null);
  if (known.length === 0) return null;
  const limit = machine.limitBytes;
  const top = Math.max(
    limit * 1.15,
    Math.min(limit * 3, ...known.slice(-1).map((point) => point.totalBytes ?? 0)),
  );
  return (
    <figure class="memory">
      <div class="columns" aria-hidden="true">
        {known.map((point) => (
          <div class="column" key={point.contextLength}>
            <div class="stack">
              {parts.map(([key, name]) => (
                <div
                  key={key}
                  class={`part ${key}`}
                  title={`${name}: ${bytesText(point[key] ?? 0)}`}
                  style={{ blockSize: `${Math.min(100, ((point[key] ?? 0) / top) * 100)}%` }}
                />
              ))}
            </div>
            <span>{tokensText(point.contextLength)}</span>
          </div>
        ))}
        <div
          class="limit"
          style={{ insetBlockEnd: `calc(1.6rem + (100% - 1.6rem) * ${limit / top})` }}
        >
          <span>MLX may use {bytesText(limit)}</span>
        </div>
      </div>
      <ul class="legend" aria-hidden="true">
        {parts.map(([key, name]) => (
          <li key={key}>
            <i class={`part ${key}`} />
            {name}
          </li>
        ))}
      </ul>
      <details>
        <summary>The arithmetic</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label="Memory by context length">
          <table>
            <thead>
              <tr>
                <th scope="col">Context</th>
                {parts.map(([key, name]) => (
                  <th scope="col" class="number" key={key}>
                    {name}
                  </th>
                ))}
                <th scope="col" class="number">
                  together
                </th>
                <th scope="col">fits</th>
              </tr>
            </thead>
            <tbody>
              {known.map((point) => (
                <tr key={point.contextLength}>
                  <th scope="row">{tokensText(point.contextLength)} tokens</th>
                  {parts.map(([key]) => (
                    <td class="number" key={key}>
                      {point[key] === null ? "?" : bytesText(point[key])}
                    </td>
                  ))}
                  <td class="number">
                    <b>{bytesText(point.totalBytes ?? 0)}</b>
                  </td>
                  <td>
                    <FitBadge fits={point.verdict} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="quiet">
          {machine.chip ?? "This machine"}, {memoryText(machine.memoryBytes)}: MLX may hold{" "}
          {bytesText(limit)} at once{machine.isTarget ? "" : " as a Mac of this memory would"}.
        </p>
      </details>
    </figure>
  );
}
