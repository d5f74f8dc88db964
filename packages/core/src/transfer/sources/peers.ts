import { setTimeout as sleep } from "node:timers/promises";
import { createTransport } from "../../http/create-transport.ts";
import { createPeer, type Peer } from "./peer.ts";
import type { BlobRequest } from "./source.ts";
import type { SourceSet } from "./source-set.ts";

/** Other machines that offer blobs by digest. */
export interface Peers {
  /** Adds those that have something, and from then on each that turns out to have something. */
  joinTo(sources: SourceSet): void;
  /** Asks which of these blobs they have. Resolves when all have answered, or after 150 ms: nothing waits longer. */
  ask(blobs: readonly BlobRequest[]): Promise<void>;
  close(): Promise<void>;
}

/** The means to ask peers. */
export interface PeerOptions {
  /** Names certificates. Its proxies are not used: peers are near. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether everyone may know of the repo. Peers hear of no other. */
  readonly isPublic: () => Promise<boolean>;
  /** Looks for further peers, and calls `onFound` with the address of each. Resolves when it has begun. */
  readonly find?:
    | ((onFound: (url: string) => void) => Promise<{ close(): Promise<void> }>)
    | undefined;
  readonly signal: AbortSignal;
}

/** Below it a request to the Hub is as quick. */
const SMALLEST_BYTES = 1024 * 1024;
const HEAD_START_MS = 150;
// A machine that announces a thousand names gets no thousand questions.
const MOST_FOUND = 64;
const LOOK_AGAIN_MS = 5_000;
const PROXIES = /^(?:https?|all|no)_proxy$/i;

/**
 * Peers at the given addresses. They are told nothing but digests of public blobs, and no token. Their bytes are verified
 * like everything else: the digests come from the Hub alone.
 */
export function createPeers(urls: readonly string[], options: PeerOptions): Peers {
  const { env, isPublic, find, signal } = options;
  const near = Object.fromEntries(Object.entries(env).filter(([name]) => !PROXIES.test(name)));
  const transport = createTransport({ env: near });
  const peers = new Map(urls.map((url) => [new URL(url).href, createPeer(url, transport)]));
  const closing = new AbortController();
  const ending = AbortSignal.any([signal, closing.signal]);
  let wanted: readonly BlobRequest[] = [];
  let sources: SourceSet | undefined;
  let search: Promise<{ close(): Promise<void> } | undefined> | undefined;

  /** The first peer that was found has answered. */
  const met = Promise.withResolvers<void>();
  const askOne = async (peer: Peer): Promise<void> => {
    if (await peer.lookUp(wanted, ending)) sources?.join(peer);
  };
  const meet = (url: string): void => {
    const { href } = new URL(url);
    if (!peers.has(href) && peers.size >= urls.length + MOST_FOUND) return;
    const peer = peers.get(href) ?? createPeer(url, transport);
    peers.set(href, peer);
    askOne(peer).then(met.resolve, () => undefined);
  };
  const lookUp = async (): Promise<void> => {
    if (!(await isPublic().catch(() => false)) || ending.aborted) return;
    search = find?.(meet).catch(() => undefined);
    await Promise.all([...peers.values()].map(askOne));
    if (find !== undefined && peers.size === urls.length) await met.promise;
  };
  // One that slept, or whose network was away for a moment.
  const again = setInterval(() => {
    for (const peer of peers.values()) if (peer.isGone()) askOne(peer).catch(() => undefined);
  }, LOOK_AGAIN_MS).unref();
  return {
    joinTo(given) {
      sources = given;
      for (const peer of peers.values())
        if (wanted.some((blob) => peer.offers(blob))) given.join(peer);
    },
    async ask(blobs) {
      wanted = blobs.filter(isShareable);
      if (wanted.length === 0) return;
      const asking = lookUp().catch(() => undefined);
      await Promise.race([asking, sleep(HEAD_START_MS)]);
    },
    async close() {
      closing.abort();
      clearInterval(again);
      await (await search)?.close();
      await transport.close();
    },
  };
}

const isShareable = ({ size, digest }: BlobRequest): boolean =>
  digest.algorithm === "sha256" && size > SMALLEST_BYTES;
