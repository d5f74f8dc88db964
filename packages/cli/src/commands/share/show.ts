import type { NeighbourNetwork, SharingState } from "@mlx-download/web";
import type { Flags } from "../../command-line/flags.ts";
import { writeResult, textOf } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { type CardRow, renderCard } from "../../text/card.ts";
import { formatBytes } from "../../text/format.ts";

const MOST_NAMES = 8;

/** Writes the state of sharing, as a card or as data. */
export async function showStatus(
  status: SharingState,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<void> {
  const text = textOf(renderCard(rows(status), shell.stdoutStyle));
  await writeResult({ ...status }, text, { flags, shell });
}

function rows(status: SharingState): readonly CardRow[] {
  const { shared, served, neighbours, networks } = status;
  const bytes = shared.reduce((sum, one) => sum + one.bytes, 0);
  return [
    { label: "Sharing", text: stateText(status) },
    ...column("Networks", networks.length > 0 ? networks.map(networkText) : ["none"]),
    ...column("Offered", [
      shared.length === 0
        ? "nothing"
        : `${formatBytes(bytes)} of public models: ${namesText(shared.map(({ repoId }) => repoId))}`,
    ]),
    ...column(
      "Taken by",
      served.length === 0
        ? ["no neighbour yet"]
        : served.map(({ address, bytes: taken }) => `${address}: ${formatBytes(taken)}`),
    ),
    ...column(
      "Neighbours",
      neighbours.length === 0
        ? ["none seen"]
        : neighbours.map(({ name, url }) => `${name} at ${url}`),
    ),
  ];
}

function stateText({ on, process: running }: SharingState): string {
  if (running === null) {
    return on ? "on, but no process shares: run mlx-download share on again" : "off";
  }
  const since = running.startedAt.slice(0, 16).replace("T", " ");
  return `${on ? "on" : "ending"}, process ${running.pid} since ${since} UTC`;
}

function networkText(network: NeighbourNetwork): string {
  const { subnet, interface: name, address, allowed, metered, url, id, virtual } = network;
  const word =
    id === null
      ? "its router cannot be told apart"
      : allowed === null
        ? virtual
          ? "made by software on this machine"
          : "not allowed yet"
        : allowed
          ? "allowed"
          : "refused";
  const more = [
    ...(address === null ? ["not here now"] : []),
    ...(metered ? ["metered: nothing is served there"] : []),
    ...(url === null ? [] : [`offered at ${url}`]),
  ];
  return [`${subnet} (${name}): ${word}`, ...more].join(", ");
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function column(label: string, texts: readonly string[]): readonly CardRow[] {
  return texts.map((text, at) => ({ label: at === 0 ? label : "", text }));
}
