import type { JSX } from "preact";
import type { QueuedDownload } from "../../src/contract.ts";
import { Badge, Bar, Empty, RepoName } from "../parts/basics.tsx";
import { confirm } from "../parts/confirm.tsx";
import { Limits } from "../parts/limits.tsx";
import { attempt } from "../parts/notices.tsx";
import { percent, Spark } from "../parts/spark.tsx";
import { post } from "../state/api.ts";
import { downloads, limits } from "../state/live.ts";
import { to } from "../state/address.ts";
import { bytesText, durationText, failureText } from "../text/format.ts";

/** The queue: what moves, what waits, what is done. */
export function DownloadsPage(): JSX.Element {
  const items = downloads.value;
  const open = items.filter(({ state }) => state !== "done");
  const done = items.filter(({ state }) => state === "done");
  return (
    <main id="main">
      <h1>Downloads</h1>
      {limits.value && <Limits limits={limits.value} />}
      {items.length === 0 && (
        <Empty title="Nothing to download">
          <p>
            What you download stays in this queue, also when you close the page or restart the
            machine.
          </p>
          <a class="button primary" href={to("search")}>
            Find a model
          </a>
        </Empty>
      )}
      {open.length > 0 && (
        <ol class="queue" aria-label="Queue">
          {open.map((item) => (
            <Item key={item.id} item={item} place={items.indexOf(item)} last={items.length - 1} />
          ))}
        </ol>
      )}
      {done.length > 0 && (
        <section>
          <div class="tools">
            <h2>Done</h2>
            <button type="button" onClick={() => void attempt(() => post("downloads/clear"))}>
              Clear the list
            </button>
          </div>
          <ul class="queue">
            {done.map((item) => (
              <li class="download done" key={item.id}>
                <div class="title">
                  <a href={to("model", { ref: item.repoId })}>
                    <RepoName repoId={item.repoId} />
                  </a>
                  <Badge tone="good">verified</Badge>
                  <span class="quiet">{item.bytes && bytesText(item.bytes.total)}</span>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}

const words = {
  waiting: ["waits for its turn", "quiet"],
  running: ["downloading", "accent"],
  paused: ["paused", "warn"],
  failed: ["failed", "bad"],
  done: ["done", "good"],
} as const;

function Item({
  item,
  place,
  last,
}: {
  readonly item: QueuedDownload;
  readonly place: number;
  readonly last: number;
}): JSX.Element {
  const { id, repoId, revision, state, bytes, note, error, active, files } = item;
  const [word, tone] = words[state];
  const act = (verb: string, body: object = {}): void =>
    void attempt(() => post(`downloads/${id}/${verb}`, body));
  return (
    <li class="download" aria-label={repoId}>
      <div class="title">
        <a href={to("model", { ref: revision === "main" ? repoId : `${repoId}@${revision}` })}>
          <RepoName repoId={repoId} />
        </a>
        <Badge tone={tone}>{word}</Badge>
        <span class="buttons">
          {(state === "running" || state === "waiting") && (
            <button type="button" onClick={() => act("pause")} aria-label={`Pause ${repoId}`}>
              Pause
            </button>
          )}
          {(state === "paused" || state === "failed") && (
            <button
              type="button"
              class="primary"
              onClick={() => act("resume")}
              aria-label={`Resume ${repoId}`}
            >
              {state === "failed" ? "Try again" : "Resume"}
            </button>
          )}
          <button
            type="button"
            disabled={place === 0}
            aria-label={`Move ${repoId} up`}
            onClick={() => act("move", { place: place - 1 })}
          >
            ↑
          </button>
          <button
            type="button"
            disabled={place === last}
            aria-label={`Move ${repoId} down`}
            onClick={() => act("move", { place: place + 1 })}
          >
            ↓
          </button>
          <button
            type="button"
            aria-label={`Cancel ${repoId}`}
            onClick={() => askCancel(item, act)}
          >
            Cancel
          </button>
        </span>
      </div>
      {bytes && (
        <Bar value={bytes.here} of={bytes.total} label={`Progress of ${repoId}`} tone={state} />
      )}
      <p class="numbers">
        {bytes ? (
          <span>
            <b>{percent(bytes)} %</b> {bytesText(bytes.here)} of {bytesText(bytes.total)}
          </span>
        ) : (
          <span>{state === "running" ? "looking at the repo" : ""}</span>
        )}
        {state === "running" && bytes && <span>{bytesText(item.bytesPerSecond)}/s</span>}
        {state === "running" && item.etaMs !== null && <span>{durationText(item.etaMs)} left</span>}
        {state === "running" && files && (
          <span>
            {files.done} of {files.total} files
          </span>
        )}
        {state === "running" && <Spark speeds={item.speeds} />}
      </p>
      {note && state === "running" && (
        <p class="note">
          <Badge tone="warn">{note.kind.replace("-", " ")}</Badge> {note.message}
        </p>
      )}
      {error && (
        <p class="note bad" role="alert">
          {failureText(error)}
        </p>
      )}
      {active.length > 0 && state === "running" && (
        <details>
          <summary>{active.length === 1 ? "1 file moves" : `${active.length} files move`}</summary>
          <ul class="moving">
            {active.map(({ path, size, received }) => (
              <li key={path}>
                <span class="path">{path}</span>
                <Bar value={received} of={size} label={path} />
                <span class="number">
                  {bytesText(received)} of {bytesText(size)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function askCancel(
  { repoId, bytes, fresh }: QueuedDownload,
  act: (verb: string, body: object) => void,
): void {
  if (bytes === null || bytes.here === 0) return act("cancel", { what: "keep" });
  confirm({
    title: `Cancel ${repoId}?`,
    body: (
      <p>
        {bytesText(bytes.here)} are here. Kept, a later download goes on from them.
        {fresh ? "" : " Finished files that other revisions use stay in any case."}
      </p>
    ),
    choices: [
      { text: "Keep what came", action: () => act("cancel", { what: "keep" }) },
      {
        text: "Delete what came",
        tone: "danger",
        action: () => act("cancel", { what: "delete" }),
      },
    ],
  });
}
