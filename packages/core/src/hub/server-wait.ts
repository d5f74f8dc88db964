import type { DownloadEventBody } from "../contract/events.ts";

/** `14:32:10` by this machine's clock. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** Reports that a server asks for a pause, when the pause ends, and that the user need not act. */
export function serverWait(
  refusal: { readonly host: string; readonly code: string },
  delayMs: number,
): DownloadEventBody {
  const { host, code } = refusal;
  const why = code === "hub/rate-limited" ? "limits how often it is asked" : "asks for a pause";
  const message = `${host} ${why}. Work continues by itself at ${clockTime(Date.now() + delayMs)}`;
  return { type: "waiting", reason: "rate-limit", host, delayMs, message };
}
