import { signal } from "@preact/signals";
import { to } from "./address.ts";

/** Where the page is: `#/model?ref=org%2Fname` is the page `model` with one parameter. */
export interface Route {
  readonly page: string;
  readonly params: URLSearchParams;
}

function read(): Route {
  const [page = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { page: page || "search", params: new URLSearchParams(query) };
}

/** Where the page is now. */
export const route = signal<Route>(read());

/** Looks again where the page is. */
export function readRoute(): void {
  route.value = read();
}

addEventListener("hashchange", readRoute);

/** Changes parameters of this page without a new step in the history. */
export function setParams(params: Readonly<Record<string, string | undefined>>): void {
  const { page, params: now } = route.value;
  const address = to(page, { ...Object.fromEntries(now), ...params });
  history.replaceState(null, "", address);
  route.value = read();
}
