// Builds the page: bundles the script, and compresses everything into the folder that the program
// embeds. The modules are built by `build-engine`. With --compare nothing is written: it fails where
// the folder has other contents.
//
//   node build.mjs [--out DIR] [--engine DIR] [--compare]

import { build } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";

import { measured } from "./measured.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "../crates/ninth/page") },
    engine: { type: "string", default: join(root, "../target/page/modules") },
    compare: { type: "boolean", default: false },
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
  bundled.outputFiles.map(({ path, contents }) => [path.replace(/^\//, ""), Buffer.from(contents)]),
);
for (const name of ["index.html", "icon.svg"]) {
  files[name] = await readFile(join(root, "src", name));
}
for (const name of ["engine.wasm", "engine-relaxed.wasm", "answers.wasm"]) {
  files[name] = await readFile(join(values.engine, name));
}

let differ = 0;
await mkdir(values.out, { recursive: true });
for (const [name, contents] of Object.entries(files).sort()) {
  const path = join(values.out, `${name}.gz`);
  if (values.compare) {
    // What is compressed may differ with the version of the library that compresses.
    const there = gunzipSync(await readFile(path));
    if (!there.equals(contents)) {
      console.error(`${path} is not what its source builds (${there.length}, ${contents.length})`);
      differ += 1;
    }
    continue;
  }
  const compressed = gzipSync(contents, { level: 9 });
  await writeFile(path, compressed);
  console.log(`${name}: ${contents.length} bytes, compressed ${compressed.length}`);
}
if (values.compare) {
  console.log(`${Object.keys(files).length} files compared, ${differ} differ`);
}
process.exitCode = differ > 0 ? 1 : 0;
