import { renderToString } from "preact-render-to-string";
import { Navigation } from "./parts/navigation.tsx";

/** The page before its script runs. */
export const html = renderToString(
  <Navigation page={undefined} open={0} line="connecting" offline={false} />,
);
