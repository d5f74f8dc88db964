import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { ModelDownloadError } from "../errors.ts";

const VARIABLES = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] as const;

/**
 * The trust store for TLS when `env` names certificate files (`SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS`: PEM, one or
 * more certificates): Node's own authorities and those. Undefined when it names none. Throws `settings/invalid` for a
 * file that cannot be read or holds no certificate, since every connection would fail later with a vaguer error.
 */
export async function trustStore(env: NodeJS.ProcessEnv): Promise<SecureContext | undefined> {
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
  if (extra.length === 0) return undefined;
  const { createSecureContext, getCACertificates } = await import("node:tls");
  return createSecureContext({ ca: [...getCACertificates("default"), ...extra] });
}
