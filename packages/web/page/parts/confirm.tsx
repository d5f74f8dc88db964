import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  readonly choices: readonly {
    readonly text: string;
    readonly tone?: "danger" | undefined;
    readonly action: () => void;
  }[];
}

const question = signal<Question | undefined>(undefined);

/** Asks before something that is hard to take back. One dialog serves the whole page. Escape means no. */
export function confirm(asked: Question): void {
  question.value = asked;
}

/** The dialog of {@link confirm}. The focus returns to its former place. */
export function ConfirmDialog(): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const asked = question.value;
  useEffect(() => {
    if (asked !== undefined) ref.current?.showModal();
  }, [asked]);
  const close = (): void => ref.current?.close();
  return (
    <dialog ref={ref} aria-labelledby="question" onClose={() => (question.value = undefined)}>
      {asked && (
        <>
          <h2 id="question">{asked.title}</h2>
          {asked.body}
          <div class="choices">
            {asked.choices.map(({ text, tone, action }) => (
              <button
                key={text}
                type="button"
                class={tone === "danger" ? "danger" : ""}
                onClick={() => {
                  close();
                  action();
                }}
              >
                {text}
              </button>
            ))}
            <button type="button" onClick={close}>
              Cancel
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
