import type { Failure } from "../../src/contract.ts";
import { line } from "./live.ts";
import { storedToken } from "./token.ts";

/** A request that failed, with the server's own words where it had some. */
class ApiError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** An error as the page shows it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) return error.failure;
  return {
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
    hint: "Reload the page.",
  };
}

async function ask<T>(
  path: string,
  init: Omit<RequestInit, "headers"> & { readonly headers?: Record<string, string> },
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      ...init,
      cache: "no-store",
      headers: { ...init.headers, Authorization: `Bearer ${storedToken() ?? "none"}` },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({
      code: "away",
      message: "mlx-download does not answer.",
      hint: "It goes on by itself once mlx-download web runs again.",
    });
  }
  const value = (await response.json().catch(() => ({}))) as { error?: Failure };
  if (response.ok) return value as T;
  if (response.status === 401) line.value = "no-token";
  throw new ApiError(
    value.error ?? { code: "unexpected", message: `HTTP ${response.status}`, hint: "Reload." },
  );
}

/** Asks for a value. Rejects with an error for {@link failureOf}. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, signal === undefined ? {} : { signal });
}

/** Has something done. Rejects with an error for {@link failureOf}. */
export function post<T = unknown>(path: string, body: object = {}): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}
