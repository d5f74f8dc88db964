import type { IncomingMessage, ServerResponse } from "node:http";
import { compressJson } from "../http/compress-json.ts";
import { toRequest } from "../http/listener.ts";
import { openPort } from "../http/open-port.ts";
import { normalBasePath, type HubOptions } from "../hub-options.ts";
import { contentBlob, type FileContent } from "../store/file-content.ts";
import { isLargeFile } from "../store/large-files.ts";
import type { DeclaredFile } from "../store/repo-file.ts";
import { createXetStorage, type XetBehaviour, type XetOptions } from "../xet/xet-storage.ts";
import { createDeviceLogins, type DeviceLogins } from "../store/device-logins.ts";
import { createMemoryStore, type MemoryStore, type RepoOptions } from "../store/memory-store.ts";
import { createAnswerer, type Oddities, type TreeOverride } from "./answer-request.ts";
import { changeAnswer } from "./change-answer.ts";
import { createFaultPlan, type FaultPlan } from "./fault-plan.ts";
import { MAX_UPLOAD_BYTES } from "../hub.ts";
import { type AddFileOptions, createXetStore, type XetStore } from "../xet/xet-store.ts";
import type { Quirks } from "./quirks.ts";
import {
  createRequestLog,
  logEntry,
  type RequestLog,
  type RequestLogEntry,
} from "./request-log.ts";
import { sendFaulty } from "./send-faulty.ts";

/** The behaviour of a test Hub. The default is that of the real one. */
export interface TestHubOptions extends Omit<
  HubOptions,
  "store" | "cdnUrl" | "casUrl" | "deviceLogins" | "xet"
> {
  /** Habits of mirrors, for all repos. */
  readonly quirks?: Quirks;
  /**
   * Whether trees and answers name Xet storage, as the real Hub's do (default false). They name the
   * third origin, which has none. Clients that go there fail, and clients that do not see the real
   * Hub's answers.
   */
  readonly announceXet?: boolean;
  /** Whether it has a Xet storage, in which all large files of its repos are (default false). */
  readonly xet?: boolean | XetBehaviour;
  /** Where else the bytes of xorbs are served, under `/xorbs/default/HASH`. By default it serves them itself. */
  readonly xetDataUrl?: string | undefined;
  /** Whether links lead to the CDN and its second region in turn (default false). */
  readonly regionalCdn?: boolean;
  /**
   * The poll interval of a login in seconds, as sent to the device. By default none is sent, as by
   * the real Hub.
   */
  readonly devicePollSeconds?: number;
}

/** How a repo of a test Hub differs from an ordinary one. */
export interface TestRepoOptions extends RepoOptions {
  /** Habits of mirrors, for this repo beside those of the Hub. */
  readonly quirks?: Quirks;
  /** The false content of its tree. */
  readonly tree?: TreeOverride;
  /** How its large files are put into the Xet storage. False: not at all. */
  readonly xet?: AddFileOptions | false;
}

/** A Hub on loopback for tests: it plays faults and keeps a log. */
export interface TestHub {
  /** For `HF_ENDPOINT`: on 127.0.0.1, with the base path, without a trailing slash. */
  readonly url: string;
  /** On localhost: another host than the Hub's. */
  readonly cdnUrl: string;
  /** On another port of localhost, like the host of a second region. */
  readonly regionalCdnUrl: string;
  /** A third origin, also on localhost, with the same content. No token should get here. */
  readonly elsewhereUrl: string;
  /** The Xet storage. Undefined without the option. */
  readonly xet: TestXet | undefined;
  /** Adds a repo (`org/name`), or a further commit or revision to it. */
  addRepo(
    repoId: string,
    files: Readonly<Record<string, FileContent>>,
    options?: TestRepoOptions,
  ): Promise<{ readonly commit: string }>;
  /** Users, tokens, settings, collections. */
  readonly store: MemoryStore;
  /** Logins from devices: approve one, deny one. */
  readonly deviceLogins: DeviceLogins;
  readonly faults: FaultPlan;
  readonly log: RequestLog;
  /** Cuts all connections and frees the ports. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The Xet storage of a test Hub. */
export interface TestXet extends Pick<XetOptions, "casUrl" | "dataUrl" | "store"> {
  readonly behaviour: XetBehaviour;
  /** A token by which `hf_xet` may upload, and when it ends, in seconds since 1970. */
  readonly writeToken: () => { readonly token: string; readonly expiresAt: number };
}

/** Starts a {@link TestHub} on free ports. */
export async function startTestHub({
  quirks,
  announceXet = false,
  xet = false,
  xetDataUrl,
  regionalCdn = false,
  devicePollSeconds,
  ...options
}: TestHubOptions = {}): Promise<TestHub> {
  const deviceLogins = createDeviceLogins({ interval: devicePollSeconds });
  const faults = createFaultPlan();
  const log = createRequestLog();
  const oddities = new Map<string, Oddities>();
  const odditiesOf = (repoId = ""): Oddities => {
    const own = oddities.get(repoId);
    return { tree: own?.tree, quirks: { ...quirks, ...own?.quirks } };
  };
  const basePath = normalBasePath(options.basePath);
  const store = createMemoryStore();

  const serve = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    entry: RequestLogEntry,
  ): Promise<void> => {
    const request = await toRequest(incoming, MAX_UPLOAD_BYTES);
    const isRequest = request instanceof Request;
    const { remoteAddress } = incoming.socket;
    const plain = isRequest ? await answer(request, entry, remoteAddress) : request;
    const met = faults.match(entry, plain);
    const url = new URL(isRequest ? request.url : hub.url);
    const context = { url, range: entry.range, elsewhereUrl: hub.elsewhereUrl };
    const changed = met.reduce((current, fault) => changeAnswer(current, fault, context), plain);
    // Faults count bytes of the plain body, so an answer with a fault is not compressed.
    const wire = met.length > 0 ? changed : await compressJson(changed, acceptEncoding(incoming));
    const final = entry.method === "HEAD" ? { ...wire, body: undefined } : wire;
    entry.status = final.status;
    const isRedirect = final.status >= 300 && final.status < 400;
    const withheld = odditiesOf(entry.repoId).quirks?.redirectWithoutBody && isRedirect;
    const complete = await sendFaulty(response, final, {
      faults: withheld && final.body ? [...met, { kind: "stall", afterBytes: 0 }] : met,
      onSent: (bytes) => {
        entry.bytesSent += bytes;
      },
    });
    entry.outcome = complete ? "sent" : "broken";
  };

  const listener =
    (host: Parameters<typeof logEntry>[1]["host"]) =>
    (incoming: IncomingMessage, response: ServerResponse): void => {
      response.on("error", () => {}); // the socket broke, and "close" follows
      const entry = logEntry(incoming, { host, basePath });
      log.push(entry);
      response.once("close", () => {
        entry.outcome ??= "broken";
      });
      serve(incoming, response, entry).catch(() => response.destroy());
    };

  const [api, cdn, regional, elsewhere, cas, xorb] = await Promise.all([
    openPort(listener("hub"), { host: "127.0.0.1", port: 0 }),
    openPort(listener("cdn"), { host: "localhost", port: 0 }),
    openPort(listener("cdn"), { host: "localhost", port: 0 }),
    openPort(listener("elsewhere"), { host: "localhost", port: 0 }),
    openPort(listener("cas"), { host: "localhost", port: 0 }),
    openPort(listener("xorb"), { host: "localhost", port: 0 }),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([api, cdn, regional, elsewhere, cas, xorb].map((port) => port.close()));
  };
  const storage =
    xet === false
      ? undefined
      : createXetStorage({
          store: createXetStore(),
          casUrl: `http://localhost:${cas.port}`,
          dataUrl: xetDataUrl ?? `http://localhost:${xorb.port}`,
          behaviour: xet === true ? {} : xet,
        });
  const now = options.now ?? Date.now;
  const hub: TestHub = {
    url: `http://127.0.0.1:${api.port}${basePath}`,
    cdnUrl: `http://localhost:${cdn.port}`,
    regionalCdnUrl: `http://localhost:${regional.port}`,
    elsewhereUrl: `http://localhost:${elsewhere.port}`,
    xet: storage && {
      ...storage,
      writeToken() {
        const { token, exp } = storage.issueToken("write", now());
        return { token, expiresAt: Math.floor(exp / 1000) };
      },
    },
    async addRepo(repoId, files, { quirks: own, tree, xet: how, ...repoOptions } = {}) {
      if (own || tree) oddities.set(repoId, { quirks: own, tree });
      if (storage === undefined || how === false) return store.addRepo(repoId, files, repoOptions);
      const declared = await addToXet(storage.store, files, { ...repoOptions, xet: how });
      return store.addRepo(repoId, files, { ...repoOptions, declared });
    },
    store,
    deviceLogins,
    faults,
    log,
    close,
    [Symbol.asyncDispose]: close,
  };
  const { cdnUrl, regionalCdnUrl, elsewhereUrl } = hub;
  const answer = createAnswerer({
    hub: {
      // The real Hub warns every anonymous client. A test that counts warnings turns this on.
      anonymousWarning: false,
      ...options,
      basePath,
      cdnUrl: regionalCdn ? [cdnUrl, regionalCdnUrl] : cdnUrl,
      casUrl: announceXet ? elsewhereUrl : undefined,
      xet: storage,
      store,
      deviceLogins,
    },
    elsewhereUrl,
    odditiesOf,
  });
  return hub;
}

/** Puts the large files into the storage, and the hashes that they have there into what the Hub declares. */
async function addToXet(
  store: XetStore,
  files: Readonly<Record<string, FileContent>>,
  { lfs = {}, declared = {}, xet }: RepoOptions & { readonly xet?: AddFileOptions | undefined },
): Promise<Record<string, DeclaredFile>> {
  const all: Record<string, DeclaredFile> = { ...declared };
  for (const [path, content] of Object.entries(files)) {
    const blob = await contentBlob(content);
    if (!(lfs[path] ?? isLargeFile(path, blob.size))) continue;
    all[path] = { xetHash: await store.addFile(blob, xet), ...declared[path] };
  }
  return all;
}

function acceptEncoding({ headers }: IncomingMessage): string | null {
  const value = headers["accept-encoding"];
  return typeof value === "string" ? value : null;
}
