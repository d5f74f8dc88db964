import { isSlice, type HubAnswer } from "../http/answer.ts";
import { BODY_KINDS, type Fault } from "./fault.ts";
import { matchesPath, type RequestLogEntry } from "./request-log.ts";

/** A fault that was added. */
export interface FaultHandle {
  /** How many requests it has met. */
  readonly hits: number;
  remove(): void;
}

/** The faults that a test Hub plays. All that meet a request are applied, in the order in which they were added. */
export interface FaultPlan {
  add(fault: Fault): FaultHandle;
  clear(): void;
}

/** A {@link FaultPlan}, and the function that draws from it. */
export interface FaultPlanner extends FaultPlan {
  /** The faults that apply to this request. Counts the request. */
  match(entry: RequestLogEntry, answer: HubAnswer): readonly Fault[];
}

/** An empty plan. */
export function createFaultPlan(): FaultPlanner {
  const planned = new Set<{ readonly fault: Fault; seen: number; hits: number }>();
  return {
    add(fault) {
      const item = { fault, seen: 0, hits: 0 };
      planned.add(item);
      return {
        get hits() {
          return item.hits;
        },
        remove: () => void planned.delete(item),
      };
    },
    clear: () => planned.clear(),
    match(entry, answer) {
      const met: Fault[] = [];
      for (const item of planned) {
        if (!concerns(item.fault, entry, answer)) continue;
        item.seen += 1;
        if (!isDue(item.fault, item.seen)) continue;
        item.hits += 1;
        met.push(item.fault);
        item.fault.onHit?.(entry);
      }
      return met;
    },
  };
}

/** Whether a fault is about this request, whichever its number. */
function concerns(fault: Fault, entry: RequestLogEntry, answer: HubAnswer): boolean {
  const targets = typeof fault.on === "string" ? [fault.on] : fault.on;
  return (
    targets.includes(entry.target) &&
    (fault.method === undefined || fault.method === entry.method) &&
    (fault.repoId === undefined || fault.repoId === entry.repoId) &&
    (fault.path === undefined || matchesPath(fault.path, entry.path)) &&
    (!isAboutBytes(fault) || hasFileBytes(entry, answer))
  );
}

/** Whether the fault meets its `seen`-th request (from 1). */
export function isDue(
  { times, nth, after = 0 }: Pick<Fault, "times" | "nth" | "after">,
  seen: number,
): boolean {
  if (nth !== undefined) return typeof nth === "number" ? nth === seen : nth.includes(seen);
  return seen > after && (times === undefined || seen <= after + times);
}

function isAboutBytes(fault: Fault): boolean {
  const waits = fault.kind === "stall" || fault.kind === "hold";
  return BODY_KINDS.has(fault.kind) || (waits && fault.afterBytes !== undefined);
}

function hasFileBytes(entry: RequestLogEntry, answer: HubAnswer): boolean {
  if (answer.body === undefined || answer.status >= 300) return false;
  return entry.target === "api" || entry.target === "cas" || isSlice(answer.body);
}
