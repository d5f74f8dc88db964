const KEY = "mlx-download-token";

/** The token that this tab has. */
export function storedToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Keeps the token for this tab. */
export function storeToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

/**
 * Takes the token out of the address, at once, and keeps it if the server knows it: a link may carry any token, and must not
 * put a bad one in the place of a good one.
 */
export async function takeTokenFromAddress(): Promise<void> {
  const match = /[#&]token=([\w-]{1,200})/.exec(location.hash);
  if (match === null) return;
  history.replaceState(null, "", location.pathname);
  const [, token = ""] = match;
  if (storedToken() === undefined) return storeToken(token);
  const answer = await fetch("/api/ping", { headers: { Authorization: `Bearer ${token}` } }).catch(
    () => undefined,
  );
  if (answer?.ok) storeToken(token);
}
