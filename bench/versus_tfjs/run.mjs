#!/usr/bin/env node
// Times a training step of ninth's page beside TensorFlow.js, in the same headless browser.
//
//     npm ci --prefix bench/versus_tfjs
//     node bench/versus_tfjs/run.mjs URL [--rounds N] [--seconds N] [--json FILE]
//                                    [--chromium PATH]
//
// URL is where the page is served, for one by `ninth serve`. The models have the same shape and
// both sides begin with random weights (model.mjs). The two sides take turns; of each the
// fastest round counts, and of TensorFlow.js the faster way to the gradient of a learned table.
//
// ninth does more within the time: it draws its sequences, validates, clips gradients to a global
// norm, decays weights, follows a schedule, reports to the page and stores the training.
// TensorFlow.js has its sequences drawn before, and takes a step of Adam with a constant rate on
// plain cross-entropy over all positions. Both have AdamW or Adam where `quick` has Muon.
//
// First it is checked that TensorFlow.js trains: its loss falls on sequences that count up, and all
// backends begin with the same losses.

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

/** ninth's side: what the page's worker is told. */
const NINTH = {
  design: { preset: "design", set: [] },
  quick: { preset: "quick", set: ["optimizer.kind=adamw"] },
};
const BACKENDS = ["cpu", "wasm", "webgl"];
/** Ways to the gradient of a learned table, of which wasm lacks one; `design` has none learned. */
const ROW_GRADIENTS = {
  design: () => ["none"],
  quick: (backend) => (backend === "wasm" ? ["product"] : ["segments", "product"]),
};
/** Steps of the check, and the share of the first loss that has to be left behind. */
const CHECK = { design: { steps: 150, share: 0.9 }, quick: { steps: 20, share: 0.5 } };
/** Relative difference that the first losses of two backends may have. */
const TOLERANCE = 1e-3;

const ORIGIN = "http://localhost:1";
const LIBRARY = "@tensorflow/tfjs/dist/tf.es2017.min.js";
const WASM = "@tensorflow/tfjs-backend-wasm/dist/";
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

const usage = "usage: node run.mjs URL [--rounds N] [--seconds N] [--json FILE] [--chromium PATH]";

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      json: { type: "string" },
      chromium: { type: "string", default: "/usr/bin/chromium" },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (positionals.length !== 1 || !URL.canParse(positionals[0])) {
    throw new Error(usage);
  }
  if (!Number.isInteger(rounds) || rounds < 1 || !(seconds > 0)) {
    throw new Error(`--rounds is a whole number from 1, --seconds a number above 0\n${usage}`);
  }
  return { url: positionals[0], rounds, seconds, json: values.json, chromium: values.chromium };
}

/** A page with TensorFlow.js, whose files are answered from this folder and need no server. */
async function tensorFlow(browser) {
  const page = await browser.newPage();
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "") {
      return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
    }
    const file = new URL(name, import.meta.url);
    const contentType = TYPES[name.split(".").at(-1)] ?? "application/octet-stream";
    return route.fulfill({ contentType, body: await readFile(file) });
  });
  await page.goto(ORIGIN);
  await page.addScriptTag({ url: `/node_modules/${LIBRARY}` });
  await page.addScriptTag({ url: `/node_modules/${WASM}tf-backend-wasm.es2017.min.js` });
  await page.evaluate(async (folder) => {
    tf.enableProdMode();
    tf.wasm.setWasmPaths(folder);
    globalThis.side = await import("/model.mjs");
  }, `/node_modules/${WASM}`);
  const call = (name, ...given) =>
    page.evaluate(([name, given]) => side[name](tf, ...given), [name, given]);
  const about = await page.evaluate(async () => {
    const context = document.createElement("canvas").getContext("webgl2");
    const names = context?.getExtension("WEBGL_debug_renderer_info");
    await tf.setBackend("wasm");
    return {
      tfjs: tf.version.tfjs,
      webgl: names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : "no WebGL 2",
      simd: await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"),
      threads: await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT"),
    };
  });
  return { call, about };
}

/** Stops unless each backend learns, and all begin alike. */
async function check(call) {
  for (const [name, { steps, share }] of Object.entries(CHECK)) {
    let first = null;
    for (const backend of BACKENDS) {
      for (const rowGradient of ROW_GRADIENTS[name](backend)) {
        const losses = await call("learn", backend, name, rowGradient, steps);
        const what = `${name}, ${backend}, ${rowGradient}`;
        const [begin, end] = [losses[0], losses.at(-1)];
        console.log(`${what}: loss ${begin.toFixed(4)}, after ${steps} steps ${end.toFixed(4)}`);
        first ??= losses.slice(0, 3);
        const apart = first.map((loss, i) => Math.abs(losses[i] / loss - 1));
        if (!apart.every((difference) => difference < TOLERANCE)) {
          throw new Error(`${what}: the losses of the first steps are ${losses.slice(0, 3)}, \
those of ${BACKENDS[0]} ${first}`);
        }
        if (!(end < share * begin)) {
          throw new Error(`${what}: the loss should be below ${(share * begin).toFixed(4)}`);
        }
      }
    }
  }
}

/** Steps per second of ninth's page, by its own worker, over `seconds` after one to warm up. */
async function ninth(browser, url, choices, seconds) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const measured = await page.evaluate(measureNinth, { choices, seconds });
  await context.close();
  return measured;
}

/** Runs in the page. */
function measureNinth({ choices, seconds }) {
  return new Promise((resolve, reject) => {
    const worker = new Worker("worker.js");
    let module = "";
    let begin = null;
    worker.onerror = (event) => reject(new Error(event.message || "worker.js cannot be started"));
    worker.onmessage = ({ data }) => {
      const now = performance.now() / 1000;
      if (data.kind === "ready") {
        module = data.module;
        worker.postMessage({ kind: "start", id: 0, choices, from: null });
      } else if (data.kind === "failed") {
        reject(new Error(data.message));
      } else if (data.kind === "answer") {
        if (data.error !== undefined) {
          reject(new Error(data.error));
        }
        begin = { warm: now + 1 };
        worker.postMessage({ kind: "run" });
      } else if (data.kind === "training" && begin && data.state?.running) {
        const { step } = data.state;
        if (begin.time === undefined) {
          begin = now < begin.warm ? begin : { time: now, step };
        } else if (now - begin.time >= seconds) {
          worker.terminate();
          resolve({ rate: (step - begin.step) / (now - begin.time), module });
        }
      } else if (data.kind === "training" && begin && data.state?.ending) {
        reject(new Error(`the training ended before it was measured: ${data.state.ending}`));
      }
    };
  });
}

/** The best rates by model and side, in steps per second. */
async function measure(browser, call, { url, rounds, seconds }) {
  const best = { design: {}, quick: {} };
  let module = "";
  const better = (name, side, rate) => {
    best[name][side] = Math.max(best[name][side] ?? 0, rate);
  };
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(best)) {
      const measured = await ninth(browser, url, NINTH[name], seconds);
      module = measured.module;
      better(name, "ninth", measured.rate);
      for (const backend of BACKENDS) {
        for (const rowGradient of ROW_GRADIENTS[name](backend)) {
          better(name, backend, await call("rate", backend, name, rowGradient, seconds));
        }
      }
    }
  }
  return { best, module };
}

const figure = (number) =>
  number.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

function table(best) {
  const lines = [
    `| steps per second | ninth | ${BACKENDS.join(" | ")} | ninth / the best of TensorFlow.js |`,
    `|---|---:|${"---:|".repeat(BACKENDS.length)}---:|`,
  ];
  for (const [name, rates] of Object.entries(best)) {
    const fastest = Math.max(...BACKENDS.map((backend) => rates[backend]));
    const cells = BACKENDS.map((backend) => {
      const ratio = figure(rates.ninth / rates[backend]);
      return `${figure(rates[backend])} (${ratio})`;
    });
    const batch = { design: 32, quick: 64 }[name];
    const ratio = figure(rates.ninth / fastest);
    const row = [`${name}, batch ${batch}`, figure(rates.ninth), ...cells, ratio];
    lines.push(`| ${row.join(" | ")} |`);
  }
  return lines.join("\n");
}

async function main() {
  const given = options();
  const browser = await chromium.launch({
    executablePath: given.chromium,
    // Without a graphics card WebGL is computed on the processor, by SwiftShader.
    args: ["--no-sandbox", "--enable-unsafe-swiftshader"],
  });
  try {
    const { call, about } = await tensorFlow(browser);
    console.log(`Chromium ${browser.version()}, TensorFlow.js ${about.tfjs}`);
    console.log(`wasm: SIMD ${about.simd}, threads ${about.threads}; webgl: ${about.webgl}\n`);
    await check(call);
    const { best, module } = await measure(browser, call, given);
    console.log(`\nninth's module: ${module}; in brackets how many times as fast ninth is\n`);
    console.log(table(best));
    if (given.json) {
      const result = { chromium: browser.version(), ...about, module, best };
      await writeFile(given.json, `${JSON.stringify(result, null, 2)}\n`);
    }
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
