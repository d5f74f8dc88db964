import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { VersionRow, VersionsPage } from "../../src/contract.ts";
import { post } from "../state/api.ts";
import { libraryVersion } from "../state/live.ts";
import { useAnswer } from "../state/use-answer.ts";
import { ageText, dayText } from "../text/format.ts";
import { Badge, Loading } from "./basics.tsx";
import { Difference } from "./difference.tsx";
import { attempt } from "./notices.tsx";

/** The versions of a model: the Hub's, and those on this disk, with their differences. */
export function Versions({
  repoId,
  revision,
}: {
  readonly repoId: string;
  readonly revision: string;
}): JSX.Element {
  const asked = new URLSearchParams({ repoId, revision });
  const { value, failure } = useAnswer<VersionsPage>(`versions?${asked}`, libraryVersion.value);
  const [shown, setShown] = useState<string>();
  return (
    <section class="panel wide">
      <h2>Versions</h2>
      {failure ? (
        <p class="quiet">{failure.message}</p>
      ) : value === undefined ? (
        <Loading rows={3} />
      ) : (
        <>
          {value.withoutHub && (
            <p class="quiet">These are the versions on this disk. {value.withoutHub.message}.</p>
          )}
          <div class="scroll short" tabIndex={0} role="region" aria-label="Versions">
            <table>
              <thead>
                <tr>
                  <th scope="col">Commit</th>
                  <th scope="col">Change</th>
                  <th scope="col">Date</th>
                  <th scope="col">
                    <span class="unseen">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {value.versions.map((version) => (
                  <Row
                    key={version.commit}
                    version={version}
                    page={value}
                    shown={shown === version.commit}
                    onShow={() => setShown(shown === version.commit ? undefined : version.commit)}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {value.more && <p class="quiet">The Hub has older ones.</p>}
          {shown !== undefined && value.current !== null && (
            <Difference repoId={value.repoId} from={value.current} to={shown} />
          )}
        </>
      )}
    </section>
  );
}

function Row({
  version: { commit, date, title, here, refs, arrivedAt },
  page: { repoId, revision, current },
  shown,
  onShow,
}: {
  readonly version: VersionRow;
  readonly page: VersionsPage;
  readonly shown: boolean;
  readonly onShow: () => void;
}): JSX.Element {
  const isCurrent = commit === current;
  const short = commit.slice(0, 8);
  const use = (): Promise<void> =>
    attempt(
      () => post("versions/rollback", { repoId, revision, to: commit }),
      `${revision} is at ${short} now. Updates pass over the version that it came from.`,
    );
  return (
    <tr>
      <th scope="row">
        <code title={commit}>{short}</code>{" "}
        {isCurrent ? (
          <Badge tone="good">in use</Badge>
        ) : (
          here && <Badge>{here === "complete" ? "here" : "here in part"}</Badge>
        )}
        {refs.map((name) => (
          <Badge key={name} tone="accent">
            {name}
          </Badge>
        ))}
      </th>
      <td>{title ?? <span class="quiet">known to this disk alone</span>}</td>
      <td>
        {date !== null
          ? dayText(Date.parse(date))
          : arrivedAt !== null
            ? `came ${ageText(arrivedAt)}`
            : ""}
      </td>
      <td class="buttons">
        {current !== null && !isCurrent && (
          <button
            type="button"
            aria-pressed={shown}
            aria-label={`Differences to ${short}`}
            onClick={onShow}
          >
            Differences
          </button>
        )}
        {current !== null && !isCurrent && here === "complete" && (
          <button type="button" aria-label={`Use ${short}`} onClick={() => void use()}>
            Use
          </button>
        )}
        {here !== "complete" && (
          <button
            type="button"
            aria-label={`Download ${short}`}
            onClick={() =>
              void attempt(
                () => post("downloads", { ref: `${repoId}@${commit}` }),
                `${short} is in the queue.`,
              )
            }
          >
            Download
          </button>
        )}
      </td>
    </tr>
  );
}
