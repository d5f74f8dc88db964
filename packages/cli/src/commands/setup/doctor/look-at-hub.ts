import { listModels, readSettings, whoAmI } from "@mlx-download/core";
import { type Circumstances, type Diagnosis, failed } from "./diagnosis.ts";

const proxies = [
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
];

async function lookAtEndpoint(
  endpoint: string,
  { env, token, signal }: Circumstances,
): Promise<Diagnosis> {
  const start = performance.now();
  try {
    for await (const _ of listModels({
      env,
      endpoint,
      ...token,
      token: token.token ?? false,
      limit: 1,
      signal,
    }))
      break;
    const ms = Math.round(performance.now() - start);
    const proxy = proxies.find((name) => env[name]?.trim());
    const way = proxy === undefined ? "" : ` (by the proxy of ${proxy})`;
    return {
      name: "endpoint",
      status: "ok",
      detail: `${endpoint} answers in ${ms} ms${way}`,
      data: { endpoint, ms },
    };
  } catch (error) {
    signal.throwIfAborted();
    return failed("endpoint", error);
  }
}

async function lookAtToken({ env, flags, token, signal }: Circumstances): Promise<Diagnosis> {
  try {
    const account = await whoAmI({ env, endpoint: flags.endpoint, ...token, signal });
    if (account === undefined)
      return {
        name: "token",
        status: "ok",
        detail: "none: public models only",
        hint: "mlx-download login, for gated and private models.",
      };
    const { name, tokenRole, tokenSource } = account;
    const role = tokenRole === undefined ? "" : ` (${tokenRole})`;
    return {
      name: "token",
      status: "ok",
      detail: `of ${name}${role}, from ${tokenSource}`,
      data: { name, tokenRole, tokenSource },
    };
  } catch (error) {
    signal.throwIfAborted();
    return failed("token", error);
  }
}

/** The endpoint and the token; asks nobody where requests are forbidden. */
export async function lookAtHub(circumstances: Circumstances): Promise<readonly Diagnosis[]> {
  const { env, flags } = circumstances;
  try {
    const settings = await readSettings({
      env,
      endpoint: flags.endpoint,
      token: false,
      offline: flags.offline ? true : undefined,
    });
    const warnings = settings.warnings.map((detail): Diagnosis => ({
      name: "environment",
      status: "warn",
      detail,
    }));
    if (settings.offline)
      return [
        ...warnings,
        { name: "endpoint", status: "skip", detail: "offline: no request is made" },
      ];
    const endpoints = await Promise.all(
      [settings.endpoint, ...settings.mirrors].map((one) => lookAtEndpoint(one, circumstances)),
    );
    const reached = endpoints.some(({ status }) => status === "ok");
    const token = reached
      ? await lookAtToken(circumstances)
      : ({ name: "token", status: "skip", detail: "not checked: no endpoint answers" } as const);
    return [...warnings, ...endpoints, token];
  } catch (error) {
    circumstances.signal.throwIfAborted();
    return [failed("endpoint", error)];
  }
}
