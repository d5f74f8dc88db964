import { testPython } from "./python-conformance.ts";

testPython("hub-2.4.0");
