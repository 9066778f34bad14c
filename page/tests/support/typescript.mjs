// Modules of the page for tests without a browser.

import { build } from "esbuild";
import { join } from "node:path";

const sources = join(import.meta.dirname, "../../src");

/** Imports a source by its path within `src`, bundled in memory. */
export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [join(sources, path)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
