import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { loginRequired } from "../http/refusal.ts";
import { identify } from "./access.ts";
import { objectId } from "./repo-fields.ts";

/** `GET /api/whoami-v2` */
export async function whoami(c: HubContext): Promise<Response> {
  const user = await identify(c);
  if (!user) throw loginRequired();
  return jsonAnswer({
    type: "user",
    id: objectId(user.name),
    name: user.name,
    fullname: user.fullname ?? user.name,
    email: user.email ?? `${user.name}@example.org`,
    emailVerified: true,
    canPay: false,
    billingMode: "prepaid",
    periodEnd: null,
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
    auth: {
      type: "access_token",
      accessToken: { displayName: "token", role: "read", createdAt: "2026-01-01T00:00:00.000Z" },
    },
  });
}
