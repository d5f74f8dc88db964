import type { JSX } from "preact";
import type { DifferencePage } from "../../src/contract.ts";
import { useAnswer } from "../state/use-answer.ts";
import { bytesText, countText } from "../text/format.ts";
import { Badge, Loading, Problem } from "./basics.tsx";

const tones = { added: "good", removed: "bad", changed: "warn" } as const;

/** How two versions of a model differ: files with their sizes, and the keys of the config. */
export function Difference({
  repoId,
  from,
  to,
}: {
  readonly repoId: string;
  readonly from: string;
  readonly to: string;
}): JSX.Element {
  const asked = new URLSearchParams({ repoId, from, to });
  const { value, failure, again } = useAnswer<DifferencePage>(`versions/difference?${asked}`);
  if (failure) return <Problem failure={failure} again={again} />;
  if (value === undefined) return <Loading rows={3} />;
  const { files, config } = value;
  if (files.length === 0) return <p class="quiet">The two versions are the same.</p>;
  return (
    <div class="difference">
      <p class="quiet">
        {from.slice(0, 8)} → {to.slice(0, 8)}: {countText(files.length, "file")} differ in{" "}
        {value.changes.join(", ")}
      </p>
      <div class="scroll short" tabIndex={0} role="region" aria-label="Files that differ">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Change</th>
              <th scope="col" class="number">
                Was
              </th>
              <th scope="col" class="number">
                Is
              </th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ path, status, from: was, to: is }) => (
              <tr key={path}>
                <td class="path">{path}</td>
                <td>
                  <Badge tone={tones[status]}>{status}</Badge>
                </td>
                <td class="number">{was === null ? "" : bytesText(was)}</td>
                <td class="number">{is === null ? "" : bytesText(is)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {config.length > 0 && (
        <div class="scroll short" tabIndex={0} role="region" aria-label="Config that differs">
          <table>
            <thead>
              <tr>
                <th scope="col">Config</th>
                <th scope="col">Was</th>
                <th scope="col">Is</th>
              </tr>
            </thead>
            <tbody>
              {config.map(({ key, from: was, to: is }) => (
                <tr key={key}>
                  <td class="path">{key}</td>
                  <td class="path">{was ?? "–"}</td>
                  <td class="path">{is ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
