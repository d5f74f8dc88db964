import { webcrypto, X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { replaceBeside } from "@mlx-download/cache/writing";
import { configPath } from "../../config/config-file.ts";

/** A certificate that this machine made for itself. PEM texts. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
  /** The certificate, which clients may have. */
  readonly certFile: string;
  /** Its SHA-256, hex with colons. */
  readonly fingerprint: string;
}

const DAY_MS = 86_400_000;
// Longer ones are refused by macOS.
const VALID_DAYS = 825;
const RENEW_DAYS = 30;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * The certificate beside the configuration, made when there is none, or when it ends within a month or does not name
 * `host`. It names this machine and its present addresses. The key is for this user alone.
 */
export async function ownCertificate({
  host,
  env,
}: {
  readonly host: string;
  readonly env: NodeJS.ProcessEnv;
}): Promise<OwnCertificate> {
  const folder = join(dirname(configPath(env)), "tls");
  const certFile = join(folder, "mlx-download.pem");
  const keyFile = join(folder, "mlx-download.key");
  const [cert, key] = await Promise.all(
    [certFile, keyFile].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  const known = cert && key ? readPair(cert, key, host) : undefined;
  if (known !== undefined) return { ...known, certFile };
  const made = await makePair(host);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The key first: a certificate without its key would look whole.
  await replaceBeside(keyFile, made.key, 0o600);
  await replaceBeside(certFile, made.cert, 0o644);
  return { ...made, certFile };
}

type Pair = Omit<OwnCertificate, "certFile">;

function readPair(cert: string, key: string, host: string): Pair | undefined {
  try {
    const parsed = new X509Certificate(cert);
    const endsSoon = Date.parse(parsed.validTo) - Date.now() < RENEW_DAYS * DAY_MS;
    const isNamed = isIP(host) ? parsed.checkIP(host) : parsed.checkHost(host);
    if (endsSoon || (!isEverywhere(host) && isNamed === undefined)) return undefined;
    return { cert, key, fingerprint: parsed.fingerprint256 };
  } catch {
    return undefined;
  }
}

async function makePair(host: string): Promise<Pair> {
  // The library looks for its metadata when it is loaded.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const names = certificateNames(host).map((value) => ({
    type: isIP(value) ? ("ip" as const) : ("dns" as const),
    value,
  }));
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=mlx-download",
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + VALID_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.SubjectAlternativeNameExtension(names),
        // A client that trusts it trusts this server, and nothing that its key might sign.
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ],
    },
    webcrypto,
  );
  const cert = `${made.toString("pem")}\n`;
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const lines = pkcs8.toString("base64").match(/.{1,64}/g) ?? [];
  const key = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

/** The names and addresses under which clients may reach this machine. */
function certificateNames(host: string): readonly string[] {
  const [short = ""] = hostname().split(".");
  const addresses = Object.values(networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  const names = ["localhost", "127.0.0.1", "::1", short, `${short}.local`, ...addresses, host];
  return [...new Set(names)].filter((name) => /^[\w.:-]+$/.test(name) && !isEverywhere(name));
}

function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
