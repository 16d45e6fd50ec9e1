// Parses Mermaid diagrams: a JSON list of texts on stdin, a JSON list of errors (or null) on stdout.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

// Mermaid cleans labels by DOMPurify, which needs a browser; whether a text parses does not.
Function.prototype.addHook = () => {};
Function.prototype.sanitize = (text) => text;

runInThisContext(readFileSync(process.argv[2], "utf8"));
const errors = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  errors.push(await globalThis.mermaid.parse(text).then(() => null, (error) => String(error)));
}
process.stdout.write(JSON.stringify(errors));
