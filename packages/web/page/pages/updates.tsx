import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Failure, LibraryPage, UpdateCheck } from "../../src/contract.ts";
import { Badge, Empty, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { attempt } from "../parts/notices.tsx";
import { failureOf, post } from "../state/api.ts";
import { libraryVersion } from "../state/live.ts";
import { to } from "../state/route.ts";
import { useAnswer } from "../state/use-answer.ts";
import { bytesText } from "../text/format.ts";

type Checked = UpdateCheck | Failure | "asking";

/** Which models have moved on at the Hub since they came here. */
export function UpdatesPage(): JSX.Element {
  const { value, failure, again } = useAnswer<LibraryPage>("library", libraryVersion.value);
  const [checked, setChecked] = useState<Readonly<Record<string, Checked>>>({});
  const [busy, setBusy] = useState(false);
  const followed = (value?.repos ?? []).filter(
    ({ repoType, revisions }) =>
      repoType === "model" && revisions.some(({ refs }) => refs.includes("main")),
  );
  const checkAll = async (): Promise<void> => {
    setBusy(true);
    for (const { repoId } of followed) {
      setChecked((old) => ({ ...old, [repoId]: "asking" }));
      const answer = await post<UpdateCheck>("library/check", { repoId }).catch(failureOf);
      setChecked((old) => ({ ...old, [repoId]: answer }));
    }
    setBusy(false);
  };
  return (
    <main id="main">
      <h1>Updates</h1>
      {failure ? (
        <Problem failure={failure} again={again} />
      ) : value === undefined ? (
        <Loading />
      ) : followed.length === 0 ? (
        <Empty title="Nothing to keep up to date">
          <p>Models that you downloaded by their branch are compared with the Hub here.</p>
          <a class="button primary" href={to("search")}>
            Find a model
          </a>
        </Empty>
      ) : (
        <>
          <p class="actions">
            <button type="button" class="primary" disabled={busy} onClick={() => void checkAll()}>
              {busy ? "Asking the Hub …" : `Ask the Hub about ${followed.length}`}
            </button>
          </p>
          <ul class="queue">
            {followed.map(({ repoId }) => (
              <li class="download" key={repoId}>
                <div class="title">
                  <a href={to("model", { ref: repoId })}>
                    <RepoName repoId={repoId} />
                  </a>
                  <State repoId={repoId} checked={checked[repoId]} />
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

function State({
  repoId,
  checked,
}: {
  readonly repoId: string;
  readonly checked: Checked | undefined;
}): JSX.Element | null {
  if (checked === undefined) return null;
  if (checked === "asking") return <span class="quiet">asking …</span>;
  if ("code" in checked) return <span class="note bad">{checked.message}</span>;
  if (!checked.outdated) return <Badge tone="good">up to date</Badge>;
  return (
    <>
      <Badge tone="warn">
        {checked.here.slice(0, 8)} → {checked.upstream.slice(0, 8)}
      </Badge>
      <span class="buttons">
        <button
          type="button"
          aria-label={`Update ${repoId}`}
          onClick={() =>
            void attempt(() => post("downloads", { ref: repoId }), `${repoId} is in the queue.`)
          }
        >
          Update, {bytesText(checked.bytesToFetch)}
        </button>
      </span>
    </>
  );
}
