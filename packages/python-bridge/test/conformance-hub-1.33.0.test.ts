import { testPython } from "./python-conformance.ts";

testPython("hub-1.33.0");
