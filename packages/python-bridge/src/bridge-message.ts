import type { BackendFailure } from "@mlx-download/core";

/** One line of the protocol from Python, checked. */
export type BridgeMessage =
  | { readonly kind: "beat" }
  | {
      readonly kind: "event";
      readonly id: number;
      readonly event: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "result";
      readonly id: number;
      readonly result: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "error"; readonly id: number; readonly failure: BackendFailure };

/** Reads a line. Undefined for a line that is no message. */
export function readMessage(line: string): BridgeMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if ("beat" in value) return { kind: "beat" };
  const { id, event, result, error } = value;
  if (typeof id !== "number") return undefined;
  if (isObject(event)) return { kind: "event", id, event };
  if (isObject(result)) return { kind: "result", id, result };
  const failure = isObject(error) ? readFailure(error) : undefined;
  return failure && { kind: "error", id, failure };
}

/** Whether a value is an object, no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readFailure(error: Readonly<Record<string, unknown>>): BackendFailure | undefined {
  const { kind, status, headers, url, data } = error;
  const text = (name: string): string => {
    const value = error[name];
    return typeof value === "string" ? value : "";
  };
  const path = text("path") === "" ? {} : { path: text("path") };
  switch (kind) {
    case "answer":
      if (typeof status !== "number") return undefined;
      return {
        kind,
        status,
        headers: Object.fromEntries(
          Object.entries(isObject(headers) ? headers : {}).filter(
            (entry): entry is [string, string] => typeof entry[1] === "string",
          ),
        ),
        url: typeof url === "string" ? url : "",
        body: text("body"),
        ...path,
      };
    case "network":
      return {
        kind,
        code: text("code"),
        message: text("message"),
        midway: error["midway"] === true,
      };
    case "system":
      return { kind, code: text("code"), message: text("message"), ...path };
    case "coded":
      if (!text("code").includes("/")) return undefined;
      return {
        kind,
        code: text("code"),
        message: text("message"),
        hint: text("hint"),
        data: isObject(data) ? data : {},
      };
    default:
      return undefined;
  }
}
