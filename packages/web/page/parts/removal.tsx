import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LibraryPage, LibraryRepo, RemovalPreview } from "../../src/contract.ts";
import { post } from "../state/api.ts";
import { ageText, bytesText, countText } from "../text/format.ts";
import { confirm } from "./confirm.tsx";
import { attempt } from "./notices.tsx";

/** Shows what removing a repo would take, and asks. */
export function askRemove({ repoId }: LibraryRepo): void {
  void attempt(async () => {
    const preview = await post<RemovalPreview>("library/preview", { repoIds: [repoId] });
    confirm({
      title: `Remove ${repoId}?`,
      body: <Preview preview={preview} />,
      choices: [
        {
          text: `Remove, ${bytesText(preview.freedBytes)}`,
          tone: "danger",
          action: () => void attempt(() => post("library/remove", { repoIds: [repoId] })),
        },
      ],
    });
  });
}

function Preview({ preview }: { readonly preview: RemovalPreview }): JSX.Element {
  const { repos, kept, freedBytes, excessBytes } = preview;
  return (
    <>
      <p>
        <b>{bytesText(freedBytes)}</b> will be free.
        {excessBytes > 0 &&
          ` It stays ${bytesText(excessBytes)} above: the rest is pinned or in use.`}
      </p>
      {repos.length > 1 && (
        <ul class="reasons short">
          {repos.map(({ repoId, freedBytes: freed, usedAt }) => (
            <li key={repoId}>
              {repoId}: {bytesText(freed)}
              {usedAt !== null && <span class="quiet">, used {ageText(usedAt)}</span>}
            </li>
          ))}
        </ul>
      )}
      {kept.length > 0 && (
        <p class="quiet">
          {kept
            .slice(0, 10)
            .map(({ repoId, reason }) => `${repoId} stays: ${reason}`)
            .join("; ")}
          .
        </p>
      )}
    </>
  );
}

/** Brings the cache below a size that the user gives, after a preview. */
export function Evict({ library }: { readonly library: LibraryPage }): JSX.Element {
  const [size, setSize] = useState("");
  const maxBytes = Math.round(Number(size) * 1e9);
  const ask = (): Promise<void> =>
    attempt(async () => {
      const preview = await post<RemovalPreview>("library/preview", { maxBytes });
      confirm({
        title: `Shrink to ${bytesText(maxBytes)}?`,
        body: <Preview preview={preview} />,
        choices:
          preview.repos.length === 0
            ? []
            : [
                {
                  text: `Remove ${countText(preview.repos.length, "model")}`,
                  tone: "danger",
                  action: () => void attempt(() => post("library/remove", { maxBytes })),
                },
              ],
      });
    });
  return (
    <form
      class="evict"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <label class="field">
        Shrink to, GB
        <input
          type="number"
          min="0"
          step="any"
          placeholder={String(Math.floor(library.sizeOnDisk / 1e9))}
          value={size}
          onInput={({ currentTarget }) => setSize(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={size === "" || !(maxBytes >= 0)}>
        Preview
      </button>
    </form>
  );
}
