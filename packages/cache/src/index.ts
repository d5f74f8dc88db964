export { CacheError, type CacheErrorCode, type CacheErrorDetails } from "./errors.ts";
