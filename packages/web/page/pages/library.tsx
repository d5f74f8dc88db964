import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LibraryPage as Library, LibraryRepo, RemovalPreview, VerifyTask } from "../../src/contract.ts";
import { Badge, Bar, Empty, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { confirm } from "../parts/confirm.tsx";
import { attempt } from "../parts/notices.tsx";
import { Treemap } from "../parts/treemap.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { post } from "../state/api.ts";
import { libraryVersion, removals, verifications } from "../state/live.ts";
import { to } from "../state/route.ts";
import { useAnswer } from "../state/use-answer.ts";
import { ageText, bytesText, countText } from "../text/format.ts";

type Order = "name" | "size" | "used" | "added";

const values: Readonly<Record<Order, (repo: LibraryRepo) => number | string>> = {
  name: ({ repoId }) => repoId.toLowerCase(),
  size: ({ sizeOnDisk }) => -sizeOnDisk,
  used: ({ lastUsedAt }) => -(lastUsedAt ?? 0),
  added: ({ modifiedAt }) => -(modifiedAt ?? 0),
};

/** What is on this disk. */
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
            Models of every tool that uses the Hugging Face cache show up here: <code>{value.cacheDir}</code>
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
          height={56}
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
            <Row key={`${repo.repoType} ${repo.repoId}`} repo={repo} at={at} going={going.has(repo.repoId)} />
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
  const { repoId, repoType, sizeOnDisk, lastUsedAt, modifiedAt, pinned, revisions, findings } = repo;
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
      <td class="number">{bytesText(sizeOnDisk)}</td>
      <td class="number">{lastUsedAt === null ? "" : ageText(lastUsedAt)}</td>
      <td class="number">{modifiedAt === null ? "" : ageText(modifiedAt)}</td>
      <td class="buttons">
        {isModel && (
          <>
            <button type="button" aria-label={`Verify ${repoId}`} onClick={() => void attempt(() => post("library/verify", { repoId }))}>
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
            <button type="button" disabled={going} aria-label={`Remove ${repoId}`} onClick={() => askRemove(repo)}>
              Remove
            </button>
          </>
        )}
      </td>
    </tr>
  );
}

function askRemove({ repoId }: LibraryRepo): void {
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
        {excessBytes > 0 && ` It stays ${bytesText(excessBytes)} above: the rest is pinned or in use.`}
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

function Evict({ library }: { readonly library: Library }): JSX.Element {
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

function Verifications(): JSX.Element | null {
  const tasks = verifications.value;
  if (tasks.length === 0) return null;
  return (
    <ul class="queue" aria-label="Verifications">
      {tasks.map((task) => (
        <Verification key={task.repoId} task={task} />
      ))}
    </ul>
  );
}

function Verification({ task }: { readonly task: VerifyTask }): JSX.Element {
  const { repoId, state, bytes, bytesDone, checked, bad, missing, error } = task;
  const act = (action: string): void =>
    void attempt(() => post("library/verify", { repoId, action }));
  const good = state === "done" && bad.length === 0 && missing === 0;
  return (
    <li class="download">
      <div class="title">
        <RepoName repoId={repoId} />
        {state === "running" ? (
          <Badge tone="accent">verifying</Badge>
        ) : (
          <Badge tone={good ? "good" : "bad"}>{good ? "verified" : "damaged"}</Badge>
        )}
        <span class="buttons">
          <button type="button" onClick={() => act(state === "running" ? "stop" : "dismiss")}>
            {state === "running" ? "Stop" : "Close"}
          </button>
        </span>
      </div>
      {state === "running" && <Bar value={bytesDone} of={bytes} label={`Verifying ${repoId}`} />}
      <p class="numbers">
        {state === "running"
          ? `${bytesText(bytesDone)} of ${bytesText(bytes)}`
          : `${countText(checked, "file")} checked`}
        {missing > 0 && `, ${countText(missing, "file")} missing`}
      </p>
      {error && <p class="note bad">{error.message}</p>}
      {bad.length > 0 && (
        <>
          <ul class="reasons">
            {bad.map(({ path, message }) => (
              <li key={path} class="bad">
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
          <p>
            Fetch the damaged parts again with <code>mlx-download repair {repoId}</code>
          </p>
        </>
      )}
    </li>
  );
}
