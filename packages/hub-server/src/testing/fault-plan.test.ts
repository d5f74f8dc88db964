import { expect, test } from "vitest";
import { memoryBlob } from "../store/blob-source.ts";
import type { HubAnswer } from "../http/answer.ts";
import type { Fault } from "./fault.ts";
import { createFaultPlan, isDue } from "./fault-plan.ts";
import { matchesPath, type RequestLogEntry } from "./request-log.ts";

const blob = memoryBlob(new Uint8Array(10));
const bytes: HubAnswer = { status: 200, headers: new Headers(), body: { blob, start: 0, end: 10 } };
const redirect: HubAnswer = { status: 307, headers: new Headers(), body: new Uint8Array(3) };

function entry(change: Partial<RequestLogEntry> = {}): RequestLogEntry {
  return {
    at: 0,
    target: "cdn",
    method: "GET",
    url: "/",
    repoId: "acme/tiny",
    path: "model.safetensors",
    range: undefined,
    authorization: false,
    host: "",
    userAgent: undefined,
    headers: {},
    status: 0,
    bytesSent: 0,
    outcome: undefined,
    ...change,
  };
}

function dueOf(selection: Pick<Fault, "times" | "nth" | "after">): number[] {
  return [1, 2, 3, 4, 5].filter((seen) => isDue(selection, seen));
}

test("times, nth and after choose among the requests that a fault is about", () => {
  expect(dueOf({})).toEqual([1, 2, 3, 4, 5]);
  expect(dueOf({ times: 2 })).toEqual([1, 2]);
  expect(dueOf({ after: 2 })).toEqual([3, 4, 5]);
  expect(dueOf({ after: 1, times: 2 })).toEqual([2, 3]);
  expect(dueOf({ nth: 4 })).toEqual([4]);
  expect(dueOf({ nth: [1, 5] })).toEqual([1, 5]);
});

test("a path is matched whole, with stars", () => {
  expect(matchesPath("*.safetensors", "a/b.safetensors")).toBe(true);
  expect(matchesPath("config.json", "sub/config.json")).toBe(false);
  expect(matchesPath("a+(b).txt", "a+(b).txt")).toBe(true);
  expect(matchesPath(/^model-0+1-/g, "model-00001-of-00002.safetensors")).toBe(true);
});

test("each fault counts its own requests, and all that meet one apply in order", () => {
  const plan = createFaultPlan();
  const status = plan.add({ on: "cdn", kind: "status", status: 503, nth: 2 });
  plan.add({ on: ["cdn", "api"], kind: "latency", ms: 1, path: "*.safetensors" });
  plan.add({ on: "cdn", kind: "hangUp", path: "config.json" });
  expect(plan.match(entry(), bytes).map((fault) => fault.kind)).toEqual(["latency"]);
  expect(plan.match(entry(), bytes).map((fault) => fault.kind)).toEqual(["status", "latency"]);
  expect(status.hits).toBe(1);
  plan.clear();
  expect(plan.match(entry(), bytes)).toEqual([]);
});

test("a fault of the bytes passes over redirects and HEAD", () => {
  const plan = createFaultPlan();
  const cut = plan.add({ on: "resolve", kind: "cut", afterBytes: 3, times: 1 });
  expect(plan.match(entry({ target: "resolve" }), redirect)).toEqual([]);
  expect(plan.match(entry({ target: "resolve" }), { ...bytes, body: undefined })).toEqual([]);
  expect(plan.match(entry({ target: "resolve" }), bytes)).toHaveLength(1);
  expect(cut.hits).toBe(1);
});

test("a handle takes its fault away again", () => {
  const plan = createFaultPlan();
  const fault = plan.add({ on: "cdn", kind: "hangUp" });
  fault.remove();
  expect(plan.match(entry(), bytes)).toEqual([]);
});
