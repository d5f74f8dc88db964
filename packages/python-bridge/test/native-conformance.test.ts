import { describe } from "vitest";
import { testBackend } from "./conformance.ts";

describe("the native engine", () => {
  testBackend(() => undefined);
});
