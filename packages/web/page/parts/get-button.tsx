import type { JSX } from "preact";
import { downloads } from "../state/live.ts";
import { post } from "../state/api.ts";
import { to } from "../state/address.ts";
import { attempt } from "./notices.tsx";

const words = { waiting: "Waiting", paused: "Paused", failed: "Failed", done: "Done" } as const;

/** Puts a model into the queue, or shows how it stands there. */
export function GetButton({
  repoId,
  revision = "main",
  here,
  text = "Download",
}: {
  readonly repoId: string;
  readonly revision?: string;
  readonly here: boolean;
  readonly text?: string;
}): JSX.Element {
  const queued = downloads.value.find(
    (item) => item.repoId === repoId && item.revision === revision && item.state !== "done",
  );
  if (queued) {
    const share =
      queued.bytes && queued.bytes.total > 0 ? queued.bytes.here / queued.bytes.total : 0;
    const word =
      queued.state === "running"
        ? `Downloading, ${Math.floor(share * 100)} %`
        : words[queued.state];
    return (
      <a class="button" href={to("downloads")} aria-label={`${repoId}: ${word}, see downloads`}>
        {word}
      </a>
    );
  }
  if (here) return <span class="here">✓ on this disk</span>;
  const ref = revision === "main" ? repoId : `${repoId}@${revision}`;
  return (
    <button
      type="button"
      class="primary"
      aria-label={`${text} ${repoId}`}
      onClick={() => void attempt(() => post("downloads", { ref }), `${repoId} is in the queue.`)}
    >
      {text}
    </button>
  );
}
