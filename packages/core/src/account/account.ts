// The entry `@mlx-download/core/account`: logging in and out, and the token files that Python's client reads too.
export { activeToken } from "./active-token.ts";
export { type DeviceCode, deviceLogin } from "./device-login.ts";
export { renewToken } from "./renew-token.ts";
export { type Account, type AccountOptions, whoAmI } from "./who-am-i.ts";
export type { FoundToken } from "../settings/token.ts";
export type { GivenToken } from "../token/oauth.ts";
export {
  readStoredTokens,
  removeTokens,
  storedName,
  type StoredToken,
  storeToken,
  type TokenFiles,
  tokenFiles,
} from "../token/stored-token.ts";
