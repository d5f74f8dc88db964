import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Paths of PEM files. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a self-signed P-256 certificate for `localhost` in `folder`; undefined when openssl is missing or fails. */
export function makeCertificate(folder: string): Certificate | undefined {
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = spawnSync(
    "openssl",
    ["req", "-x509", ...curve, "-days", "2", ...names, "-keyout", key, "-out", cert],
    { stdio: "ignore" },
  );
  return made.status === 0 ? { key, cert } : undefined;
}
