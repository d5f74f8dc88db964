import type { JSX } from "preact";
import type { CardPage, ModelPage as Model } from "../../src/contract.ts";
import { Badge, FitBadge, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { Card } from "../parts/card.tsx";
import { GetButton } from "../parts/get-button.tsx";
import { addMachine, MachineChoice } from "../parts/machine-choice.tsx";
import { MemoryChart } from "../parts/memory-chart.tsx";
import { Versions } from "../parts/versions.tsx";
import { libraryVersion } from "../state/live.ts";
import { to } from "../state/address.ts";
import { route } from "../state/route.ts";
import { useAnswer } from "../state/use-answer.ts";
import { bytesText, compactText, countText, tokensText } from "../text/format.ts";

/** One model: its description, whether it runs here, and its files. */
export function ModelPage(): JSX.Element {
  const { params } = route.value;
  const ref = params.get("ref") ?? "";
  const asked = addMachine(new URLSearchParams({ ref }));
  const { value, failure, again } = useAnswer<Model>(`model?${asked}`, libraryVersion.value);
  if (failure) {
    return (
      <main id="main">
        <h1>
          <RepoName repoId={ref} />
        </h1>
        <Problem failure={failure} again={again} />
      </main>
    );
  }
  return (
    <main id="main" class="model">
      <header>
        <h1>
          <RepoName repoId={value?.repoId ?? ref} />
        </h1>
        {value && <Head model={value} />}
      </header>
      {value ? <Body model={value} /> : <Loading rows={12} />}
    </main>
  );
}

function Head({ model }: { readonly model: Model }): JSX.Element {
  const { about, bytes, here, repoId, revision, commit } = model;
  const lacks = bytes.diskFree !== null && bytes.toFetch > bytes.diskFree;
  return (
    <>
      <p class="facts">
        {about?.modelType && <Badge>{about.modelType}</Badge>}
        {about?.quantization && <Badge>{about.quantization}</Badge>}
        {about?.parameters != null && <span>{compactText(about.parameters)} parameters</span>}
        {about?.contextLength != null && <span>{tokensText(about.contextLength)} tokens</span>}
        <span>licence {about?.license ?? "not named"}</span>
        <code title={commit}>
          {revision}@{commit.slice(0, 8)}
        </code>
      </p>
      <p class="actions">
        <GetButton
          repoId={repoId}
          revision={revision}
          here={here}
          text={`Download ${bytesText(bytes.toFetch)}`}
        />
        <a class="button" href={to("compare", { a: repoId })}>
          Compare
        </a>
        {lacks && <Badge tone="bad">the disk has {bytesText(bytes.diskFree ?? 0)} free</Badge>}
      </p>
    </>
  );
}

function Body({ model }: { readonly model: Model }): JSX.Element {
  const { about, fit, machine, loads, security, problem, speed, maxContextLength } = model;
  return (
    <>
      {problem && <Problem failure={problem} />}
      <div class="panels">
        {fit.length > 0 && (
          <section class="panel wide">
            <h2>Memory</h2>
            <div class="tools">
              <p>
                <FitBadge
                  fits={
                    fit.find(({ contextLength }) => contextLength >= 8192)?.verdict ??
                    fit.at(-1)?.verdict ??
                    "unknown"
                  }
                />{" "}
                {maxContextLength === null
                  ? ""
                  : maxContextLength === 0
                    ? "No context length fits with room to spare."
                    : `Room to spare up to ${tokensText(maxContextLength)} tokens.`}
                {speed &&
                  ` About ${Math.round(speed.low)} to ${Math.round(speed.high)} tokens a second.`}
              </p>
              <MachineChoice machine={machine} />
            </div>
            <MemoryChart points={fit} machine={machine} />
          </section>
        )}
        {loads && (
          <section class="panel">
            <h2>Will it load?</h2>
            <p>
              <Badge tone={{ yes: "good", no: "bad", unknown: "warn" }[loads.verdict]}>
                {loads.verdict}
              </Badge>{" "}
              <span class="quiet">by {loads.by}</span>
            </p>
            <ul class="reasons">
              {loads.reasons.map(({ message, blocks }) => (
                <li key={message} class={blocks ? "bad" : ""}>
                  {message}
                </li>
              ))}
            </ul>
          </section>
        )}
        {security && (
          <section class="panel">
            <h2>Security</h2>
            <p>
              <Badge tone={{ safe: "good", caution: "warn", danger: "bad" }[security.verdict]}>
                {security.verdict}
              </Badge>
            </p>
            {security.findings.length === 0 ? (
              <p class="quiet">Nothing in it could run code.</p>
            ) : (
              <ul class="reasons">
                {security.findings.map(({ path, message }) => (
                  <li key={path + message}>
                    <code>{path}</code> {message}
                  </li>
                ))}
              </ul>
            )}
          </section>
        )}
        {about && about.baseModels.length > 0 && (
          <section class="panel">
            <h2>Made from</h2>
            <ul class="reasons">
              {about.baseModels.map((base) => (
                <li key={base}>
                  <a href={to("model", { ref: base })}>{base}</a>
                </li>
              ))}
            </ul>
          </section>
        )}
        <Files model={model} />
        <Versions repoId={model.repoId} revision={model.revision} />
        <ModelCard model={model} />
      </div>
    </>
  );
}

function Files({ model: { files, bytes, leftOut } }: { readonly model: Model }): JSX.Element {
  const words = { keep: "here", resume: "partly here", copy: "on this disk", fetch: "to fetch" };
  return (
    <section class="panel wide">
      <h2>Files</h2>
      <p class="quiet">
        {countText(files.length, "file")}, {bytesText(bytes.total)}; {bytesText(bytes.toFetch)} to
        fetch
        {leftOut.files > 0 &&
          `. Left out: ${countText(leftOut.files, "file")} that MLX does not read, ${bytesText(leftOut.bytes)}`}
      </p>
      <div class="scroll short" tabIndex={0} role="region" aria-label="Files">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" class="number">
                Size
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ path, size, action }) => (
              <tr key={path}>
                <td class="path">{path}</td>
                <td class="number">{bytesText(size)}</td>
                <td>
                  <Badge tone={action === "keep" ? "good" : "quiet"}>{words[action]}</Badge>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ModelCard({ model: { repoId, revision } }: { readonly model: Model }): JSX.Element {
  const { value, failure } = useAnswer<CardPage>(
    `card?${new URLSearchParams({ ref: repoId, revision })}`,
  );
  return (
    <section class="panel wide">
      <h2>Card</h2>
      {failure ? (
        <p class="quiet">{failure.message}</p>
      ) : value ? (
        <Card text={value.text} cut={value.cut} />
      ) : (
        <Loading rows={4} />
      )}
    </section>
  );
}
