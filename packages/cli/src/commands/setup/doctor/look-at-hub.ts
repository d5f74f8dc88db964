import { checkHub, type HubHealth, readSettings } from "@mlx-download/core";
import { whoAmI } from "@mlx-download/core/account";
import { formatNumber } from "../../../text/format.ts";
import { type Circumstances, type Diagnosis, failed } from "./diagnosis.ts";

const proxies = [
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "ALL_PROXY",
  "all_proxy",
];

interface EndpointLook extends Pick<Circumstances, "env" | "signal"> {
  /** Undefined: none may be sent. */
  readonly token: Circumstances["token"] | undefined;
}

async function lookAtEndpoint(
  endpoint: string,
  { env, token, signal }: EndpointLook,
): Promise<readonly Diagnosis[]> {
  try {
    const health = await checkHub({
      env,
      endpoint,
      signal,
      ...(token ?? { token: false }),
    });
    const { ms } = health;
    const proxy = proxies.find((name) => env[name]?.trim());
    const way = proxy === undefined ? "" : ` (by the proxy of ${proxy})`;
    const answers: Diagnosis = {
      name: "endpoint",
      status: "ok",
      detail: `${endpoint} answers in ${ms} ms${way}`,
      data: { endpoint, ms },
    };
    return health.budgets.length === 0 ? [answers] : [answers, budgetOf(health)];
  } catch (error) {
    signal.throwIfAborted();
    return [failed("endpoint", error)];
  }
}

/** When less than this share of a quota is left, a larger download may have to wait. */
const scarce = 0.1;

/** How often the Hub may still be asked, and who shares that. */
function budgetOf({ endpoint, budgets, withToken }: HubHealth): Diagnosis {
  const left = budgets.map(
    ({ bucket, remaining, quota }) =>
      `${bucket} ${formatNumber(remaining)} of ${formatNumber(quota)}`,
  );
  const windows = budgets.map(({ windowMs, resetMs }) => windowMs ?? resetMs);
  const seconds = Math.round(Math.max(...windows) / 1000);
  const whose = withToken ? "with your token" : "without a token, shared by all at your address";
  const isScarce = budgets.some(({ remaining, quota }) => remaining < quota * scarce);
  return {
    name: "budget",
    status: isScarce ? "warn" : "ok",
    detail: `${left.join(", ")} questions left in ${seconds} s (${whose})`,
    hint: isScarce
      ? withToken
        ? "Wait until the window ends before a large download."
        : "mlx-download login: with a token the budget is larger, and yours alone."
      : undefined,
    data: { endpoint, withToken, budgets },
  };
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

/** Checks the endpoint and the token. Makes no request when requests are forbidden. */
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
      [settings.endpoint, ...settings.mirrors].map((one) =>
        // A token goes to the Hub that it is for, and to no mirror.
        lookAtEndpoint(one, {
          ...circumstances,
          token: one === settings.tokenEndpoint ? circumstances.token : undefined,
        }),
      ),
    );
    const reached = endpoints
      .flat()
      .some(({ name, status }) => name === "endpoint" && status === "ok");
    const token = reached
      ? await lookAtToken(circumstances)
      : ({ name: "token", status: "skip", detail: "not checked: no endpoint answers" } as const);
    return [...warnings, ...endpoints.flat(), token];
  } catch (error) {
    circumstances.signal.throwIfAborted();
    return [failed("endpoint", error)];
  }
}
