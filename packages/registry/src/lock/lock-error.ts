import { RegistryError, type RegistryErrorCode } from "../errors.ts";

type LockCode = Extract<RegistryErrorCode, `lock/${string}`>;

/** The error of a manifest or lock that cannot be used. `data` names the part of the file. */
export function lockError(
  code: LockCode,
  message: string,
  { hint, ...data }: { readonly hint: string } & Readonly<Record<string, unknown>>,
): RegistryError {
  return new RegistryError(message, code, { hint, data });
}
