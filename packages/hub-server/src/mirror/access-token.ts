import { createHash, timingSafeEqual } from "node:crypto";

/** What the `Authorization` of a client says to a mirror. */
export interface ClientTokens {
  /** Whether the mirror's own token is right, or none is asked for. */
  readonly mayEnter: boolean;
  /** The client's Hub token. */
  readonly hubToken: string | undefined;
}

/**
 * Reads the `Authorization` header. With an access token a client sends `Bearer <access>`, or `Bearer <access>~<hub
 * token>`, so that every program that knows `HF_TOKEN` can send both.
 */
export function readClientTokens(
  authorization: string | undefined,
  accessToken: string | undefined,
): ClientTokens {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (accessToken === undefined) return { mayEnter: true, hubToken: given };
  const [access = "", ...rest] = (given ?? "").split("~");
  const hubToken = rest.length > 0 && rest.join("~") !== "" ? rest.join("~") : undefined;
  return { mayEnter: isSame(access, accessToken), hubToken };
}

/** Takes as long whatever is in the texts. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
