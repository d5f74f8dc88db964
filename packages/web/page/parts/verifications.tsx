import type { JSX } from "preact";
import type { VerifyTask } from "../../src/contract.ts";
import { post } from "../state/api.ts";
import { verifications } from "../state/live.ts";
import { bytesText, countText } from "../text/format.ts";
import { Badge, Bar, RepoName } from "./basics.tsx";
import { attempt } from "./notices.tsx";

/** The verifications that run or ended. */
export function Verifications(): JSX.Element | null {
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
