import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { ModelDownloadError } from "../contract/errors.ts";

const VARIABLES = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] as const;

/** Which authorities may vouch for a server. */
export interface TrustStore {
  /** For TLS. Undefined when Node's own authorities are the only ones. Throws `settings/invalid`. */
  context(): Promise<SecureContext | undefined>;
  /** Whether the system's authorities count, too. */
  readonly wide: boolean;
  /** From now on it does: authorities of a company, or those of `SSL_CERT_DIR`. */
  widen(): void;
}

/**
 * Node's own authorities, and those of the files that `env` names (`SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS`: PEM, one or
 * more certificates). Reading the system's takes 200 ms, so that they come in when a server is not trusted without them.
 * A file that cannot be read or holds no certificate is an error, since every connection would fail later with a vaguer
 * one.
 */
export function createTrustStore(env: NodeJS.ProcessEnv): TrustStore {
  let wide = false;
  let made: Promise<SecureContext | undefined> | undefined;
  return {
    context: () => (made ??= makeContext(env, wide)),
    get wide() {
      return wide;
    },
    widen() {
      made = wide ? made : undefined;
      wide = true;
    },
  };
}

async function makeContext(
  env: NodeJS.ProcessEnv,
  wide: boolean,
): Promise<SecureContext | undefined> {
  const extra: string[] = [];
  for (const variable of VARIABLES) {
    const path = env[variable]?.trim();
    if (!path) continue;
    try {
      const pem = await readFile(path, "utf8");
      void new X509Certificate(pem);
      extra.push(pem);
    } catch (cause) {
      throw new ModelDownloadError(
        `${variable} names ${path}, which is not a readable PEM file`,
        "settings/invalid",
        {
          hint: `Let ${variable} name a file of PEM certificates, or unset it.`,
          cause,
          data: { variable, path },
        },
      );
    }
  }
  if (extra.length === 0 && !wide) return undefined;
  const { createSecureContext, getCACertificates } = await import("node:tls");
  const system = wide ? getCACertificates("system") : [];
  return createSecureContext({ ca: [...getCACertificates("default"), ...system, ...extra] });
}
