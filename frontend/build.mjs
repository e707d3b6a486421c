// Builds src/app.css and src/app.js into the static files of kernel/screens; refuses to grow past the budget for slow lines.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "../src/coremis/kernel/screens/static/screens/built");
const budgets = { "app.css": 12_000, "app.js": 25_000 };

await build({
  absWorkingDir: here,
  entryPoints: ["src/app.css", "src/app.js"],
  outdir: built,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16"],
  legalComments: "none",
  logLevel: "warning",
});

for (const [name, budget] of Object.entries(budgets)) {
  const packed = gzipSync(await readFile(join(built, name)), { level: 9 });
  const size = packed.length;
  await writeFile(join(built, `${name}.gz`), packed); // what the server sends to browsers that take it
  console.log(`${name}: ${size} bytes compressed, ${budget} allowed`);
  if (size > budget) {
    console.error(`${name} is larger than a slow line can bear. Take something out of frontend/src, then build again.`);
    process.exitCode = 1;
  }
}
