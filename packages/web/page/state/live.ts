import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type {
  FeedValues,
  LimitsNow,
  PendingRemoval,
  QueuedDownload,
  ServerFacts,
  VerifyTask,
} from "../../src/contract.ts";
import { createEventHub, type Heard, type Line, merge } from "../events/event-source.ts";
import { storedToken, storeToken } from "./token.ts";

/** How the line to the server stands. */
export const line = signal<Line>("connecting");

const values = signal<Readonly<Record<string, unknown>>>({});

const valueOf = <Key extends keyof FeedValues>(key: Key): FeedValues[Key] | undefined =>
  values.value[key] as FeedValues[Key] | undefined;

const under = (prefix: string): readonly unknown[] =>
  Object.entries(values.value).flatMap(([key, value]) => (key.startsWith(prefix) ? [value] : []));

/** The state of the server. Undefined before its first event. */
export const server: ReadonlySignal<ServerFacts | undefined> = computed(() => valueOf("server"));
/** How fast the queue may go. */
export const limits: ReadonlySignal<LimitsNow | undefined> = computed(() => valueOf("limits"));
/** The queue, first to last. */
export const downloads: ReadonlySignal<readonly QueuedDownload[]> = computed(() =>
  (valueOf("order") ?? []).flatMap((id) => valueOf(`download/${id}`) ?? []),
);
/** Verifications that run or ended. */
export const verifications: ReadonlySignal<readonly VerifyTask[]> = computed(
  () => under("verify/") as readonly VerifyTask[],
);
/** Removals that can be taken back. */
export const removals: ReadonlySignal<readonly PendingRemoval[]> = computed(
  () => under("removal/") as readonly PendingRemoval[],
);
/** Grows when the cache may have changed. */
export const libraryVersion: ReadonlySignal<number> = computed(() => server.value?.library ?? 0);

function hear(heard: Heard): void {
  batch(() => {
    if (heard.type === "line") line.value = heard.line;
    else if (heard.type === "token") storeToken(heard.token);
    else values.value = heard.whole ? heard.values : merge(values.value, heard.values);
  });
}

/** The address of the worker, under a policy that allows this one and nothing else. */
function workerAddress(): string {
  const address = "/events.js";
  const { trustedTypes } = globalThis as unknown as {
    trustedTypes?: {
      createPolicy(name: string, rules: object): { createScriptURL(text: string): string };
    };
  };
  return (
    trustedTypes
      ?.createPolicy("mlx-download", {
        createScriptURL(text: string): string {
          if (text === address) return text;
          throw new TypeError("no such script");
        },
      })
      .createScriptURL(address) ?? address
  );
}

/** Starts listening: through the worker that all tabs share, or, where there is none, by this tab itself. */
export function listen(): void {
  const token = storedToken();
  if (typeof SharedWorker === "undefined") {
    const hub = createEventHub(hear);
    if (token === undefined) line.value = "no-token";
    else hub.use(token);
    addEventListener("online", () => hub.wake());
    document.addEventListener("visibilitychange", () => hub.wake());
    return;
  }
  const { port } = new SharedWorker(workerAddress(), { type: "module", name: "events" });
  port.addEventListener("message", ({ data }: MessageEvent<Heard>) => hear(data));
  port.start();
  port.postMessage({ type: "hello", token });
  addEventListener("online", () => port.postMessage({ type: "wake" }));
  addEventListener("pagehide", () => port.postMessage({ type: "bye" }));
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) port.postMessage({ type: "hello", token: storedToken() });
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) port.postMessage({ type: "wake" });
  });
}
