import type { ComponentChildren, JSX } from "preact";
import type { Failure, FitWord } from "../../src/contract.ts";

const fitWords: Readonly<Record<FitWord, readonly [text: string, tone: string, title: string]>> = {
  yes: ["fits", "good", "Fits into memory with room to spare"],
  tight: ["tight", "warn", "Fits, but uses the last tenth of the limit"],
  no: ["too large", "bad", "Needs more memory than MLX may use"],
  unknown: ["unknown", "quiet", "Nothing says how much memory it needs"],
};

/** A short word with a tone. The colour is never the only sign. */
export function Badge({
  tone = "quiet",
  title,
  children,
}: {
  readonly tone?: string;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

/** Whether a model fits, in a word. */
export function FitBadge({ fits }: { readonly fits: FitWord }): JSX.Element {
  const [text, tone, title] = fitWords[fits];
  return (
    <Badge tone={tone} title={title}>
      {text}
    </Badge>
  );
}

/** The name of a repo: the owner quieter than the model. */
export function RepoName({ repoId }: { readonly repoId: string }): JSX.Element {
  const slash = repoId.indexOf("/");
  return (
    <span class="repo">
      {slash > 0 && <span class="owner">{repoId.slice(0, slash + 1)}</span>}
      <wbr />
      <b>{repoId.slice(slash + 1)}</b>
    </span>
  );
}

/** An error with its next step. */
export function Problem({
  failure,
  again,
}: {
  readonly failure: Failure;
  readonly again?: (() => void) | undefined;
}): JSX.Element {
  return (
    <div class="problem" role="alert">
      <p>
        <b>{failure.message}</b>
      </p>
      {failure.hint && <p>{failure.hint}</p>}
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The text of an empty place, with the next step. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Grey lines in the place of content that is loading. */
export function Loading({ rows = 6 }: { readonly rows?: number }): JSX.Element {
  return (
    <div class="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} />
      ))}
    </div>
  );
}

/** A bar with its label. */
export function Bar({
  value,
  of,
  label,
  tone = "",
}: {
  readonly value: number;
  readonly of: number;
  readonly label: string;
  readonly tone?: string;
}): JSX.Element {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return (
    <div
      class={`bar ${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(share * 100)}
    >
      <div style={{ inlineSize: `${share * 100}%` }} />
    </div>
  );
}
