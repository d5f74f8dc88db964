import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Failure, LibraryPage, LibraryRepo, UpdateCheck } from "../../src/contract.ts";
import { Badge, Empty, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { Difference } from "../parts/difference.tsx";
import { GetButton } from "../parts/get-button.tsx";
import { attempt } from "../parts/notices.tsx";
import { failureOf, post } from "../state/api.ts";
import { downloads, libraryVersion } from "../state/live.ts";
import { to } from "../state/address.ts";
import { useAnswer } from "../state/use-answer.ts";
import { bytesText, countText } from "../text/format.ts";

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
      const answer = await post<UpdateCheck>("versions/check", { repoId }).catch(failureOf);
      setChecked((old) => ({ ...old, [repoId]: answer }));
    }
    setBusy(false);
  };
  const offered = followed.flatMap((repo) => {
    const found = outdatedOf(checked[repo.repoId], repo);
    return found !== undefined && keptBecause(found) === undefined ? [found] : [];
  });
  const bytes = offered.reduce((sum, { bytesToFetch }) => sum + bytesToFetch, 0);
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
              {busy
                ? "Asking the Hub …"
                : `Ask the Hub about ${countText(followed.length, "model")}`}
            </button>
            {!busy && offered.length > 1 && (
              <button
                type="button"
                onClick={() => offered.forEach(({ repoId }) => void update(repoId))}
              >
                Update {countText(offered.length, "model")}, {bytesText(bytes)}
              </button>
            )}
          </p>
          <p class="quiet">
            The version from before stays on this disk. The page of a model goes back to it.
          </p>
          <ul class="queue">
            {followed.map((repo) => (
              <Item key={repo.repoId} repo={repo} checked={checked[repo.repoId]} />
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

/** Why an update is not offered by itself. */
function keptBecause({ pinned, turnedAway, cardOnly }: UpdateCheck): string | undefined {
  if (pinned) return "pinned";
  if (turnedAway) return "you went back from it";
  return cardOnly ? "only its card changed" : undefined;
}

/** The models that are still outdated: not those whose branch has moved since the Hub was asked. */
function outdatedOf(
  checked: Checked | undefined,
  { revisions }: LibraryRepo,
): UpdateCheck | undefined {
  if (typeof checked !== "object" || "code" in checked || !checked.outdated) return undefined;
  const now = revisions.find(({ refs }) => refs.includes(checked.revision))?.commit;
  return now === checked.upstream ? undefined : checked;
}

function Item({
  repo,
  checked,
}: {
  readonly repo: LibraryRepo;
  readonly checked: Checked | undefined;
}): JSX.Element {
  const { repoId } = repo;
  const [open, setOpen] = useState(false);
  const found = outdatedOf(checked, repo);
  const queued = downloads.value.some((item) => item.repoId === repoId && item.state !== "done");
  return (
    <li class="download">
      <div class="title">
        <a href={to("model", { ref: repoId })}>
          <RepoName repoId={repoId} />
        </a>
        {checked === "asking" && <span class="quiet">asking …</span>}
        {typeof checked === "object" && "code" in checked && (
          <span class="note bad">{checked.message}</span>
        )}
        {typeof checked === "object" && !("code" in checked) && found === undefined && (
          <Badge tone="good">up to date</Badge>
        )}
        {found && (
          <>
            <Badge tone="warn">{found.changes?.join(", ") ?? "changed"}</Badge>
            {keptBecause(found) && <span class="quiet">{keptBecause(found)}</span>}
            <span class="buttons">
              <button
                type="button"
                aria-expanded={open}
                aria-label={`What changed in ${repoId}`}
                onClick={() => setOpen(!open)}
              >
                What changed
              </button>
              {queued ? (
                <GetButton repoId={repoId} here={false} />
              ) : (
                <button
                  type="button"
                  class="primary"
                  disabled={found.pinned}
                  aria-label={`Update, ${bytesText(found.bytesToFetch)}: ${repoId}`}
                  onClick={() => void update(repoId)}
                >
                  Update, {bytesText(found.bytesToFetch)}
                </button>
              )}
            </span>
          </>
        )}
      </div>
      {found && open && <Difference repoId={repoId} from={found.here} to={found.upstream} />}
    </li>
  );
}

const update = (repoId: string): Promise<void> =>
  attempt(() => post("downloads", { ref: repoId }), `${repoId} is in the queue.`);
