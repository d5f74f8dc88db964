import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LibraryPage as Library, LibraryRepo } from "../../src/contract.ts";
import { Badge, Empty, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { attempt } from "../parts/notices.tsx";
import { askRemove, Evict } from "../parts/removal.tsx";
import { Treemap } from "../parts/treemap.tsx";
import { Verifications } from "../parts/verifications.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { post } from "../state/api.ts";
import { libraryVersion, removals } from "../state/live.ts";
import { narrow } from "../state/narrow.ts";
import { to } from "../state/address.ts";
import { useAnswer } from "../state/use-answer.ts";
import { ageText, bytesText, countText } from "../text/format.ts";

type Order = "name" | "size" | "used" | "added";

const values: Readonly<Record<Order, (repo: LibraryRepo) => number | string>> = {
  name: ({ repoId }) => repoId.toLowerCase(),
  size: ({ sizeOnDisk, unusedOnDisk }) => -(sizeOnDisk + unusedOnDisk),
  used: ({ lastUsedAt }) => -(lastUsedAt ?? 0),
  added: ({ modifiedAt }) => -(modifiedAt ?? 0),
};

/** The models on this disk. */
export function LibraryPage(): JSX.Element {
  const { value, failure, again } = useAnswer<Library>("library", libraryVersion.value);
  return (
    <main id="main">
      <h1>Library</h1>
      {failure ? (
        <Problem failure={failure} again={again} />
      ) : value === undefined ? (
        <Loading />
      ) : value.repos.length === 0 ? (
        <Empty title="No model is here yet">
          <p>
            Models of every tool that uses the Hugging Face cache show up here:{" "}
            <code>{value.cacheDir}</code>
          </p>
          <a class="button primary" href={to("search")}>
            Find a model
          </a>
        </Empty>
      ) : (
        <Shelf library={value} />
      )}
    </main>
  );
}

function Shelf({ library }: { readonly library: Library }): JSX.Element {
  const [order, setOrder] = useState<Order>("size");
  const [backwards, setBackwards] = useState(false);
  const [filter, setFilter] = useState("");
  const going = new Set(
    removals.value.filter(({ state }) => state === "pending").flatMap(({ repoIds }) => repoIds),
  );
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const key = values[order];
  const sign = backwards ? -1 : 1;
  const rows = library.repos
    .filter(({ repoId }) => words.every((word) => repoId.toLowerCase().includes(word)))
    .toSorted((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
  const column = (name: Order, title: string, number = false): JSX.Element => (
    <th
      scope="col"
      class={number ? "number" : ""}
      aria-sort={order === name ? (backwards ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        onClick={() => {
          setBackwards(order === name && !backwards);
          setOrder(name);
        }}
      >
        {title}
        <span aria-hidden="true">{order === name ? (backwards ? " ↑" : " ↓") : ""}</span>
      </button>
    </th>
  );
  return (
    <>
      <p class="quiet">
        {countText(library.repos.length, "repo")}, {bytesText(library.sizeOnDisk)} in{" "}
        <code>{library.cacheDir}</code>
        {library.diskFree !== null && `; ${bytesText(library.diskFree)} free`}
      </p>
      <Treemap repos={library.repos} />
      <Verifications />
      <div class="tools">
        <input
          type="search"
          id="filter"
          aria-label="Filter the library"
          placeholder="Filter"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <Evict library={library} />
      </div>
      {rows.length === 0 ? (
        <Empty title="Nothing matches the filter" />
      ) : (
        <VirtualRows
          rows={rows}
          height={narrow.value ? 148 : 64}
          label="Repos on this disk"
          head={
            <tr>
              {column("name", "Model")}
              {column("size", "Size", true)}
              {column("used", "Last used", true)}
              {column("added", "Changed", true)}
              <th scope="col">
                <span class="unseen">Actions</span>
              </th>
            </tr>
          }
          draw={(repo, at) => (
            <Row
              key={`${repo.repoType} ${repo.repoId}`}
              repo={repo}
              at={at}
              going={going.has(repo.repoId)}
            />
          )}
        />
      )}
    </>
  );
}

function Row({
  repo,
  at,
  going,
}: {
  readonly repo: LibraryRepo;
  readonly at: number;
  readonly going: boolean;
}): JSX.Element {
  const {
    repoId,
    repoType,
    sizeOnDisk,
    unusedOnDisk,
    lastUsedAt,
    modifiedAt,
    pinned,
    views,
    revisions,
    findings,
  } = repo;
  const isModel = repoType === "model";
  const incomplete = revisions.length === 0 || revisions.some(({ complete }) => complete === false);
  return (
    <tr class={going ? "going" : ""} aria-rowindex={at + 2}>
      <th scope="row">
        {isModel ? (
          <a href={to("model", { ref: repoId })}>
            <RepoName repoId={repoId} />
          </a>
        ) : (
          <RepoName repoId={repoId} />
        )}
        <span class="facts">
          {!isModel && <Badge>{repoType}</Badge>}
          {pinned && <Badge tone="accent">pinned</Badge>}
          {views.length > 0 && (
            <Badge title={views.join("\n")}>{countText(views.length, "view")}</Badge>
          )}
          {incomplete && <Badge tone="warn">incomplete</Badge>}
          {revisions.length > 1 && <Badge>{revisions.length} revisions</Badge>}
          {findings.length > 0 && (
            <Badge tone="warn" title={findings.map(({ message }) => message).join("\n")}>
              {countText(findings.length, "finding")}
            </Badge>
          )}
          {going && <Badge tone="bad">goes</Badge>}
        </span>
      </th>
      <td class="number">{bytesText(sizeOnDisk + unusedOnDisk)}</td>
      <td class="number">{lastUsedAt === null ? "" : ageText(lastUsedAt)}</td>
      <td class="number">{modifiedAt === null ? "" : ageText(modifiedAt)}</td>
      <td class="buttons">
        {isModel && (
          <>
            <button
              type="button"
              aria-label={`Verify ${repoId}`}
              onClick={() => void attempt(() => post("library/verify", { repoId }))}
            >
              Verify
            </button>
            <button
              type="button"
              aria-pressed={pinned}
              aria-label={`Pin ${repoId}`}
              onClick={() => void attempt(() => post("library/pin", { repoId, pinned: !pinned }))}
            >
              Pin
            </button>
            <button
              type="button"
              disabled={going}
              aria-label={`Remove ${repoId}`}
              onClick={() => askRemove(repo)}
            >
              Remove
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
