import { testPython } from "./python-conformance.ts";

testPython("hub-0.34.6");
