import type { Certificate } from "./certificate.ts";
import type { Pace } from "./paced-listener.ts";

/** The ways in which the repos are served. */
export const roads = ["plain", "tls", "slow", "resume", "stalling", "crawling"] as const;

/** One of {@link roads}. */
export type Road = (typeof roads)[number];

/** The roads that are slow on purpose. */
export type PacedRoad = "slow" | "resume" | "stalling" | "crawling";

/** What the server process is told to serve. */
export interface ServerRequest {
  /** `<org>/<name>/<path>`. */
  readonly root: string;
  readonly certificate: Certificate | undefined;
  /** Where nginx serves the bytes; where it does not, the Hub does it itself. */
  readonly nginx: { readonly plainUrl: string; readonly tlsUrl: string | undefined } | undefined;
  readonly paces: Readonly<Record<PacedRoad, Pace>>;
}

/** What the server process says: once that it is ready, then an answer to every message. */
export type ServerMessage =
  | { readonly type: "ready"; readonly hubs: Readonly<Record<Road, string | undefined>> }
  | { readonly type: "sent"; readonly bytes: number };
