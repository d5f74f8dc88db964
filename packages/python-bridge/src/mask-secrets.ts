import { replaceSecrets } from "@mlx-download/core/secrets";

/** Keeps tokens out of whatever Python says. */
export interface SecretMask {
  add(secret: string): void;
  text(text: string): string;
  /** The same value with every string in it masked. */
  value<T>(value: T): T;
}

/** A mask that knows no secret yet but those that look like a Hub token. */
export function createSecretMask(): SecretMask {
  const secrets = new Set<string>();
  const text = (plain: string): string => {
    let masked = replaceSecrets(plain, "<secret>");
    for (const secret of secrets) masked = masked.replaceAll(secret, "<secret>");
    return masked;
  };
  const value = (plain: unknown): unknown => {
    if (typeof plain === "string") return text(plain);
    if (Array.isArray(plain)) return plain.map(value);
    if (typeof plain !== "object" || plain === null) return plain;
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, value(item)]));
  };
  return {
    add: (secret) => void (secret.length >= 4 && secrets.add(secret)),
    text,
    value: <T>(plain: T): T => value(plain) as T,
  };
}
