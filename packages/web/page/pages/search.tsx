import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { FoundModel, SearchPage as Found } from "../../src/contract.ts";
import { Badge, Empty, FitBadge, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { GetButton } from "../parts/get-button.tsx";
import { addMachine, MachineChoice } from "../parts/machine-choice.tsx";
import { moveByKeys } from "../parts/rows-keys.ts";
import { libraryVersion } from "../state/live.ts";
import { to } from "../state/address.ts";
import { route, setParams } from "../state/route.ts";
import { useAnswer } from "../state/use-answer.ts";
import { ageText, bytesText, compactText, dayText, numberText } from "../text/format.ts";

const filters = [
  ["fits", "fits this Mac"],
  ["here", "on this disk"],
  ["bits:4", "4-bit"],
  ["bits:8", "8-bit"],
  ["size:<10GB", "below 10 GB"],
] as const;
/** Finds models by words and filters. */
export function SearchPage(): JSX.Element {
  const { params } = route.value;
  const query = params.get("q") ?? "";
  const [text, setText] = useState(query);
  useEffect(() => {
    const timer = setTimeout(() => text !== query && setParams({ q: text.trim() }), 180);
    return () => clearTimeout(timer);
  }, [text]);
  const asked = addMachine(new URLSearchParams({ q: query }));
  const { value, failure, loading, again } = useAnswer<Found>(
    `search?${asked}`,
    libraryVersion.value,
  );
  const toggle = (filter: string): void => {
    const words = text.split(/\s+/).filter(Boolean);
    const next = words.includes(filter)
      ? words.filter((word) => word !== filter)
      : [...words, filter];
    setText(next.join(" "));
    setParams({ q: next.join(" ") });
  };
  return (
    <main id="main">
      <h1>Search</h1>
      <form role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          id="filter"
          aria-label="Search models"
          placeholder="qwen3 coder, gemma bits:4, author:mlx-community …"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              document.querySelector<HTMLElement>(".found a.row")?.focus();
            }
          }}
        />
        <div class="tools">
          <div class="chips" role="group" aria-label="Filters">
            {filters.map(([filter, label]) => (
              <button
                key={filter}
                type="button"
                aria-pressed={text.split(/\s+/).includes(filter)}
                onClick={() => toggle(filter)}
              >
                {label}
              </button>
            ))}
          </div>
          <MachineChoice machine={value?.machine} />
        </div>
      </form>
      {failure ? (
        <Problem failure={failure} again={again} />
      ) : value === undefined ? (
        <Loading rows={10} />
      ) : (
        <Results found={value} loading={loading} query={query} />
      )}
    </main>
  );
}

function Results({
  found,
  loading,
  query,
}: {
  readonly found: Found;
  readonly loading: boolean;
  readonly query: string;
}): JSX.Element {
  const { models, total, more, corrected, source } = found;
  const groups = groupsOf(models);
  const from =
    source.kind === "hub"
      ? "from the Hub"
      : source.seed
        ? `from the list that comes with mlx-download, ${dayText(source.at)}`
        : `from the catalogue of ${ageText(source.at)}`;
  if (models.length === 0) {
    return (
      <Empty title="No model matches">
        <p>
          Try fewer words, or take a filter away. Filters are <code>author:</code>{" "}
          <code>license:</code> <code>task:</code> <code>bits:4</code> <code>size:&lt;20GB</code>{" "}
          <code>params:7B..14B</code> <code>fits</code> <code>here</code> <code>-word</code>.
        </p>
        {query !== "" && <p class="quiet">Searched {from}.</p>}
      </Empty>
    );
  }
  return (
    <section aria-label="Results" aria-busy={loading}>
      <p class="quiet" role="status">
        {Object.entries(corrected ?? {}).map(([word, read]) => (
          <b key={word}>
            Showing {read} for {word}.{" "}
          </b>
        ))}
        {models.length < total ? `${numberText(models.length)} of ${more ? "more than " : ""}` : ""}
        {numberText(total)} {total === 1 ? "model" : "models"}, {from}
      </p>
      <ul class="found" onKeyDown={(event) => moveByKeys(event, "a.row")}>
        {groups.map(([first, ...others]) => (
          <li key={first.repoId}>
            <Row model={first} />
            {others.length > 0 && (
              <details>
                <summary>
                  {others.length} more {others.length === 1 ? "variant" : "variants"}
                </summary>
                <ul>
                  {others.map((model) => (
                    <li key={model.repoId}>
                      <Row model={model} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ model }: { readonly model: FoundModel }): JSX.Element {
  const { repoId, weightsBytes, quantization, fits, here, downloads, modifiedAt, gated } = model;
  return (
    <div class={`model-row ${fits === "no" ? "faint" : ""}`}>
      <a class="row" href={to("model", { ref: repoId })}>
        <RepoName repoId={repoId} />
        <span class="facts">
          {quantization && <Badge>{quantization}</Badge>}
          {gated && <Badge tone="warn">gated</Badge>}
          {modifiedAt !== null && <span>{ageText(modifiedAt)}</span>}
          <span>{compactText(downloads)} downloads</span>
        </span>
      </a>
      <span class="size">{weightsBytes === null ? "" : `≈ ${bytesText(weightsBytes)}`}</span>
      <FitBadge fits={fits} />
      <GetButton repoId={repoId} here={here} text="Get" />
    </div>
  );
}

type Group = [FoundModel, ...FoundModel[]];

/** Variants of one model together, in the order of the best one. The largest that fits stands first. */
function groupsOf(models: readonly FoundModel[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const model of models) {
    const key = model.base?.toLowerCase() ?? model.repoId;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [model]);
    else group.push(model);
  }
  const grade = ({ fits, weightsBytes }: FoundModel): number =>
    fits === "yes" ? (weightsBytes ?? 0) : fits === "tight" ? 1 : fits === "unknown" ? 0 : -1;
  for (const group of groups.values()) {
    const best = group.reduce((a, b) => (grade(b) > grade(a) ? b : a));
    group.sort((a, b) => Number(b === best) - Number(a === best));
  }
  return [...groups.values()];
}
