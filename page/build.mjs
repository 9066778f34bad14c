// Builds the page: bundles the script, and compresses everything into the folder that the program
// embeds. The modules are built by `build-engine`.
//
//   node build.mjs [--out DIR] [--engine DIR]

import { build } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

import { measured } from "./measured.mjs";

const root = import.meta.dirname;
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "../crates/ninth/page") },
    engine: { type: "string", default: join(root, "../target/page/modules") },
  },
});

/** The module `ninth:measured`: what each option of a decision was measured to be worth. */
const figures = {
  name: "measured",
  setup(build) {
    build.onResolve({ filter: /^ninth:measured$/ }, ({ path }) => ({ path, namespace: "measured" }));
    build.onLoad({ filter: /.*/, namespace: "measured" }, async () => {
      const text = await readFile(join(root, "../docs/DECISIONS.md"), "utf8");
      return { contents: JSON.stringify(measured(text)), loader: "json" };
    });
  },
};

const bundled = await build({
  absWorkingDir: root,
  entryPoints: {
    app: "src/main.ts",
    worker: "src/engine/worker.ts",
    style: "src/style.css",
  },
  outdir: "/",
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  plugins: [figures],
});

const files = Object.fromEntries(
  bundled.outputFiles.map(({ path, contents }) => [path.replace(/^\//, ""), contents]),
);
for (const name of ["index.html", "icon.svg"]) {
  files[name] = await readFile(join(root, "src", name));
}
for (const name of ["engine.wasm", "engine-relaxed.wasm", "answers.wasm"]) {
  files[name] = await readFile(join(values.engine, name));
}

await mkdir(values.out, { recursive: true });
for (const [name, contents] of Object.entries(files).sort()) {
  const compressed = gzipSync(contents, { level: 9 });
  await writeFile(join(values.out, `${name}.gz`), compressed);
  console.log(`${name}: ${contents.length} bytes, compressed ${compressed.length}`);
}
