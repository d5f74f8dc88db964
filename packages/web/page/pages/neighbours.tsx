import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type {
  NeighbourNetwork,
  NeighboursPage as Neighbours,
} from "../../src/contract-neighbours.ts";
import { Badge, Loading, Problem, RepoName } from "../parts/basics.tsx";
import { attempt } from "../parts/notices.tsx";
import { post } from "../state/api.ts";
import { to } from "../state/address.ts";
import { useAnswer } from "../state/use-answer.ts";
import { bytesText, countText } from "../text/format.ts";

const LOOK_AGAIN_MS = 5000;

/** Who else shares on this network, what went between, and what this machine offers. */
export function NeighboursPage(): JSX.Element {
  const { value, failure, again } = useAnswer<Neighbours>("neighbours");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const looking = setInterval(() => {
      if (!document.hidden) again();
    }, LOOK_AGAIN_MS);
    return () => clearInterval(looking);
  }, []);
  const change = async (path: string, body: object, done: string): Promise<void> => {
    setBusy(true);
    await attempt(() => post(path, body), done);
    setBusy(false);
    again();
  };
  return (
    <main id="main">
      <h1>Neighbours</h1>
      {failure ? (
        <Problem failure={failure} again={again} />
      ) : value === undefined ? (
        <Loading />
      ) : (
        <>
          <Sharing
            state={value}
            busy={busy}
            turn={(on) =>
              void change(
                "neighbours/share",
                { on },
                on ? "Public models are offered." : "Nothing is offered any more.",
              )
            }
          />
          <Networks
            networks={value.networks}
            busy={busy}
            decide={(id, allowed) =>
              void change(
                "neighbours/network",
                { id, allowed },
                allowed ? "Allowed." : "Not allowed any more.",
              )
            }
          />
          <Near state={value} />
          <Moved state={value} />
        </>
      )}
    </main>
  );
}

function Sharing({
  state: { on, process, shared },
  busy,
  turn,
}: {
  readonly state: Neighbours;
  readonly busy: boolean;
  readonly turn: (on: boolean) => void;
}): JSX.Element {
  const bytes = shared.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <section class="panel">
      <div class="tools">
        <h2>Offered from here</h2>
        {on && process === null && <Badge tone="warn">no process shares</Badge>}
        <button
          type="button"
          class={on ? "" : "primary"}
          disabled={busy}
          onClick={() => turn(!on || process === null)}
        >
          {busy ? "A moment …" : on && process !== null ? "Stop sharing" : "Share public models"}
        </button>
      </div>
      <p class="quiet">
        Only public models, only by the digest of a file, only on the networks below. No name of a
        model is sent, and nothing of gated or private ones.
      </p>
      {shared.length > 0 && (
        <details class="more">
          <summary>
            {countText(shared.length, "model")}, {bytesText(bytes)}
          </summary>
          <ul class="reasons">
            {shared.map((one) => (
              <li key={one.repoId}>
                <a href={to("model", { ref: one.repoId })}>
                  <RepoName repoId={one.repoId} />
                </a>{" "}
                <span class="quiet">{bytesText(one.bytes)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Networks({
  networks,
  busy,
  decide,
}: {
  readonly networks: readonly NeighbourNetwork[];
  readonly busy: boolean;
  readonly decide: (id: string, allowed: boolean) => void;
}): JSX.Element {
  return (
    <section class="panel">
      <h2>Networks</h2>
      {networks.length === 0 ? (
        <p class="quiet">This machine is on no network.</p>
      ) : (
        <ul class="reasons networks">
          {networks.map((network) => (
            <li key={`${network.id} ${network.interface} ${network.address}`}>
              <Network network={network} busy={busy} decide={decide} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Network({
  network: { id, interface: name, subnet, address, allowed, metered, virtual, url },
  busy,
  decide,
}: {
  readonly network: NeighbourNetwork;
  readonly busy: boolean;
  readonly decide: (id: string, allowed: boolean) => void;
}): JSX.Element {
  const notes = [
    ...(address === null ? ["not here now"] : []),
    ...(virtual ? ["made by software on this machine"] : []),
    ...(metered ? ["metered: nothing is served there"] : []),
    ...(id === null ? ["its router cannot be told apart from others"] : []),
    ...(url === null ? [] : [`offered at ${url}`]),
  ];
  return (
    <div class="tools">
      <span>
        <Badge tone={allowed ? "good" : "quiet"}>{allowed ? "allowed" : "not allowed"}</Badge>{" "}
        <b>{subnet}</b> {name} <span class="quiet">{notes.join(", ")}</span>
      </span>
      {id !== null && (
        <button
          type="button"
          disabled={busy}
          aria-label={`${allowed ? "Forget" : "Allow"} ${subnet} on ${name}`}
          onClick={() => decide(id, !allowed)}
        >
          {allowed ? "Forget" : "Allow"}
        </button>
      )}
    </div>
  );
}

function Near({
  state: { neighbours, networks, takes },
}: {
  readonly state: Neighbours;
}): JSX.Element {
  const looks = networks.some(({ allowed, address }) => allowed && address !== null);
  return (
    <section class="panel">
      <h2>Who is there</h2>
      {neighbours.length === 0 ? (
        <p class="quiet">
          {looks
            ? "No other machine shares on these networks now. Some Wi-Fi networks keep their clients apart, and macOS asks once whether the terminal may use the local network."
            : "Neighbours are looked for on allowed networks alone."}
        </p>
      ) : (
        <ul class="reasons">
          {neighbours.map(({ name, url }) => (
            <li key={url}>
              <b>{name}</b> <code>{url}</code>
            </li>
          ))}
        </ul>
      )}
      {!takes && (
        <p class="quiet">
          Downloads of this page do not ask them. <code>mlx-download config set peers auto</code>{" "}
          changes that from the next start.
        </p>
      )}
    </section>
  );
}

function Moved({ state: { taken, served } }: { readonly state: Neighbours }): JSX.Element {
  return (
    <section class="panel">
      <h2>Taken</h2>
      {taken.length + served.length === 0 ? (
        <p class="quiet">Nothing has gone between this machine and its neighbours yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Taken">
          <table>
            <thead>
              <tr>
                <th scope="col">Neighbour</th>
                <th scope="col">What</th>
                <th scope="col">Size</th>
              </tr>
            </thead>
            <tbody>
              {taken.map(({ from, repoId, bytes }) => (
                <tr key={`${from} ${repoId}`}>
                  <th scope="row">{from}</th>
                  <td>
                    taken from it: <RepoName repoId={repoId} />
                  </td>
                  <td>{bytesText(bytes)}</td>
                </tr>
              ))}
              {served.map(({ address, bytes }) => (
                <tr key={address}>
                  <th scope="row">{address}</th>
                  <td>given to it</td>
                  <td>{bytesText(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
