import { publicUrl, type HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * `POST /oauth/device`: a device asks for a code (RFC 8628, section 3.1). No `verification_uri_complete`, and no
 * `interval` unless one was set: as four clients recorded it in 2026, the last on 2026-09-26.
 */
export async function deviceCode(c: HubContext): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  const logins = c.env.config.deviceLogins;
  if (logins === undefined) return jsonAnswer({ error: "unsupported_grant_type" }, { status: 404 });
  if (!form.get("client_id")) return jsonAnswer({ error: "invalid_client" }, { status: 401 });
  const grant = logins.start();
  return jsonAnswer({
    device_code: grant.deviceCode,
    user_code: grant.userCode,
    verification_uri: `${publicUrl(c)}/oauth/device`,
    ...(grant.interval === undefined ? {} : { interval: grant.interval }),
    expires_in: grant.expiresIn,
  });
}

/** `POST /oauth/token`: a device asks whether its user has agreed, or renews its token. */
export async function deviceToken(c: HubContext): Promise<Response> {
  const form = new URLSearchParams(await c.req.text());
  const logins = c.env.config.deviceLogins;
  const grant = form.get("grant_type");
  const outcome =
    logins === undefined
      ? "unsupported_grant_type"
      : grant === DEVICE_CODE
        ? logins.poll(form.get("device_code") ?? "")
        : grant === "refresh_token"
          ? logins.refresh(form.get("refresh_token") ?? "")
          : "unsupported_grant_type";
  if (typeof outcome === "string") return jsonAnswer({ error: outcome }, { status: 400 });
  const { accessToken, refreshToken, expiresIn, scope = "openid profile" } = outcome;
  return jsonAnswer({
    access_token: accessToken,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(expiresIn === undefined ? {} : { expires_in: expiresIn }),
    scope,
    token_type: "bearer",
  });
}
