import fc from "fast-check";
import { expect, test } from "vitest";
import { FitError, parseSafetensorsHeader } from "../src/index.ts";

test("any bytes are a header or a coded error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(parseSafetensorsHeader(bytes).tensorBytes).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(FitError);
      }
    }),
    { numRuns: 1000 },
  );
});
