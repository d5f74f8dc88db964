import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../src/contract.ts";
import { failureOf, get } from "./api.ts";
import { line } from "./live.ts";

/** An answer on its way, here, or failed. The last one stays while the next is on its way. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/** Asks for a path, anew when it or `version` changes, when asked, and when the server is back after a failure. */
export function useAnswer<T>(path: string | undefined, version: unknown = 0): Answer<T> {
  const [state, setState] = useState<Omit<Answer<T>, "again"> & { path?: string | undefined }>({
    value: undefined,
    failure: undefined,
    loading: path !== undefined,
  });
  const [tries, setTries] = useState(0);
  const back = state.failure !== undefined && line.value === "live";
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    setState((old) => ({
      ...old,
      value: old.path === path ? old.value : undefined,
      path,
      loading: true,
    }));
    get<T>(path, abort.signal).then(
      (value) => setState({ value, path, failure: undefined, loading: false }),
      (error: unknown) => {
        if (!abort.signal.aborted) {
          setState((old) => ({ ...old, failure: failureOf(error), loading: false }));
        }
      },
    );
    return () => abort.abort();
  }, [path, version, tries]);
  useEffect(() => {
    if (back && state.failure?.code === "away") setTries((count) => count + 1);
  }, [back]);
  return { ...state, again: () => setTries((count) => count + 1) };
}
