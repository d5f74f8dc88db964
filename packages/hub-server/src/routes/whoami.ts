import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { loginRequired } from "../http/refusal.ts";
import type { TokenKind } from "../store/repo-store.ts";
import { bearerToken, identify } from "./access.ts";
import { objectId } from "./repo-fields.ts";

const CREATED = "2026-01-01T00:00:00.000Z";

/**
 * `GET /api/whoami-v2`: Orolol/originator, observations/2026-10-06-clone-seed-reads.json (whoami-owner). A fine-grained
 * token is told no email (2026-07-23).
 */
export async function whoami(c: HubContext): Promise<Response> {
  const user = await identify(c);
  if (!user) throw loginRequired();
  const token = bearerToken(c) ?? "";
  const kinds = user.tokenKinds ?? {};
  const kind = (Object.hasOwn(kinds, token) ? kinds[token] : undefined) ?? "read";
  return jsonAnswer({
    type: "user",
    id: objectId(user.name),
    name: user.name,
    fullname: user.fullname ?? user.name,
    ...(kind === "fineGrained"
      ? {}
      : { email: user.email ?? `${user.name}@example.org`, emailVerified: true }),
    canPay: false,
    billingMode: "prepaid",
    periodEnd: 1_793_491_200,
    isPro: false,
    avatarUrl: "/avatars/x.svg",
    orgs: (user.orgs ?? []).map((name) => ({
      type: "org",
      id: objectId(name),
      name,
      fullname: name,
      email: null,
      canPay: false,
      periodEnd: null,
      avatarUrl: "/avatars/x.svg",
    })),
    auth: authOf(kind),
  });
}

/** The description of the token: for a login only its end (recorded in 2026 by two clients). */
function authOf(kind: TokenKind): object {
  if (kind === "oauth") return { type: "oauth", expiresAt: "2027-01-01T00:00:00.000Z" };
  const accessToken = { displayName: "token", role: kind, createdAt: CREATED };
  if (kind !== "fineGrained") return { type: "access_token", accessToken };
  const fineGrained = { canReadGatedRepos: true, global: [], scoped: [] };
  return { type: "access_token", accessToken: { ...accessToken, fineGrained } };
}
