import type { DownloadEventBody } from "./events.ts";

/** The record of events already sent to a listener, so that they are not repeated. */
interface Told {
  /** Topics of the Hub's own warnings. */
  readonly topics: Set<string>;
  /** By host: until when a wait lasts, Unix ms. */
  readonly waits: Map<string, number>;
}

const memories = new WeakMap<object, Told>();
/** Several requests refused together name ends that lie this close. */
const SAME_WAIT_MS = 3000;

/**
 * Whether an event is news for `listener`: a warning of the Hub is reported once a topic, a wait that a server asked
 * for once until it ends, however many requests are refused. Every other event is news. Records the event.
 */
export function isNews(listener: object, event: DownloadEventBody, now: number): boolean {
  const told = memories.get(listener) ?? { topics: new Set(), waits: new Map() };
  memories.set(listener, told);
  if (event.type === "warning" && event.topic !== undefined) {
    const isNew = !told.topics.has(event.topic);
    told.topics.add(event.topic);
    return isNew;
  }
  if (event.type === "waiting" && event.host !== undefined && event.delayMs !== null) {
    const until = now + event.delayMs;
    const before = told.waits.get(event.host) ?? Number.NEGATIVE_INFINITY;
    if (before > now && until <= before + SAME_WAIT_MS) return false;
    told.waits.set(event.host, until);
  }
  return true;
}
