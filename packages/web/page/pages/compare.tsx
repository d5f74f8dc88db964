import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FitPoint, ModelPage as Model } from "../../src/contract.ts";
import { Badge, Empty, FitBadge } from "../parts/basics.tsx";
import { GetButton } from "../parts/get-button.tsx";
import { addMachine, MachineChoice } from "../parts/machine-choice.tsx";
import { to } from "../state/address.ts";
import { route, setParams } from "../state/route.ts";
import { type Answer, useAnswer } from "../state/use-answer.ts";
import { bytesText, compactText, tokensText } from "../text/format.ts";

const unknown = "not known";
const places = ["a", "b", "c"] as const;

function useModel(ref: string | null): Answer<Model> {
  const asked = addMachine(new URLSearchParams({ ref: ref ?? "" }));
  return useAnswer<Model>(ref ? `model?${asked}` : undefined);
}

const rows: readonly (readonly [string, (model: Model) => JSX.Element | string])[] = [
  [
    "Parameters",
    ({ about }) => (about?.parameters == null ? unknown : compactText(about.parameters)),
  ],
  ["Quantization", ({ about }) => about?.quantization ?? "none"],
  ["Bits a weight", ({ about }) => about?.bitsPerWeight?.toFixed(2) ?? unknown],
  [
    "Weights",
    ({ about }) => (about?.weightsBytes == null ? unknown : bytesText(about.weightsBytes)),
  ],
  ["To fetch", ({ bytes }) => bytesText(bytes.toFetch)],
  [
    "Context",
    ({ about }) =>
      about?.contextLength == null ? unknown : `${tokensText(about.contextLength)} tokens`,
  ],
  ["Memory at 8k", ({ fit }) => <At point={pointAt(fit, 8192)} />],
  ["Memory at 32k", ({ fit }) => <At point={pointAt(fit, 32_768)} />],
  [
    "Room to spare up to",
    ({ maxContextLength }) =>
      maxContextLength === null
        ? unknown
        : maxContextLength === 0
          ? "no length"
          : `${tokensText(maxContextLength)} tokens`,
  ],
  [
    "Tokens a second",
    ({ speed }) => (speed ? `${Math.round(speed.low)} to ${Math.round(speed.high)}` : unknown),
  ],
  [
    "Loads",
    ({ loads }) =>
      loads ? (
        <Badge tone={{ yes: "good", no: "bad", unknown: "warn" }[loads.verdict]}>
          {loads.verdict}
        </Badge>
      ) : (
        unknown
      ),
  ],
  ["Security", ({ security }) => security?.verdict ?? unknown],
  ["Licence", ({ about }) => about?.license ?? "not named"],
];

function pointAt(fit: readonly FitPoint[], length: number): FitPoint | undefined {
  return fit.find(({ contextLength }) => contextLength === length);
}

function At({ point }: { readonly point: FitPoint | undefined }): JSX.Element {
  if (point?.totalBytes == null) return <>–</>;
  return (
    <>
      {bytesText(point.totalBytes)} <FitBadge fits={point.verdict} />
    </>
  );
}

/** Up to three models side by side. */
export function ComparePage(): JSX.Element {
  const { params } = route.value;
  const refs = places.map((place) => params.get(place));
  const answers = [useModel(refs[0] ?? null), useModel(refs[1] ?? null), useModel(refs[2] ?? null)];
  const [text, setText] = useState("");
  const free = places.find((place) => !params.get(place));
  const shown = places.flatMap((place, at) => {
    const ref = refs[at];
    const answer = answers[at];
    return ref && answer ? [{ place, ref, answer }] : [];
  });
  return (
    <main id="main">
      <h1>Compare</h1>
      <div class="tools">
        {free && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim() !== "") setParams({ [free]: text.trim() });
              setText("");
            }}
          >
            <input
              id="filter"
              aria-label="Add a model"
              placeholder="org/name"
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
            <button type="submit">Add</button>
          </form>
        )}
        <MachineChoice machine={answers.find(({ value }) => value)?.value?.machine} />
      </div>
      {shown.length === 0 ? (
        <Empty title="Two models side by side">
          <p>Write the name of a model above, or press Compare on its page.</p>
        </Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Comparison">
          <table class="compare">
            <thead>
              <tr>
                <td />
                {shown.map(({ place, ref, answer }) => (
                  <th scope="col" key={place}>
                    <a href={to("model", { ref })}>{ref}</a>
                    <div class="buttons">
                      {answer.value && (
                        <GetButton repoId={answer.value.repoId} here={answer.value.here} />
                      )}
                      <button
                        type="button"
                        aria-label={`Leave out ${ref}`}
                        onClick={() => setParams({ [place]: undefined })}
                      >
                        ✕
                      </button>
                    </div>
                    {answer.failure && <p class="note bad">{answer.failure.message}</p>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, draw]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {shown.map(({ place, answer }) => (
                    <td key={place}>
                      {answer.value ? draw(answer.value) : answer.failure ? "" : "…"}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
