// The page appears, from its own server and from any other, and asks no other host for anything.

import assert from "node:assert/strict";

import { answered } from "./ask.mjs";

/** What is loaded until a model is trained. */
const FILES = ["app.js", "engine-relaxed.wasm", "icon.svg", "style.css", "worker.js"];

/** What is loaded besides when something is asked. */
const ANSWERS = ["answers.wasm", "weights.safetensors"];

export function tests({ sites, visit }) {
  return sites.map((site) => ({
    name: `load from ${site.name}`,
    test: () =>
      visit(
        async (visit) => {
          const { page } = visit;
          const sizes = [];
          visit.context.on("requestfinished", (request) => sizes.push(sizeOf(request)));
          await visit.open("#preset=design");
          await visit.train();
          await page.waitForFunction(() => /[1-9]/.test(document.querySelector(".train .figures dd b").textContent));
          const first = await page.evaluate(() => performance.now());
          await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
          const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
          const all = (await Promise.all(sizes)).filter(({ name }) => !name.startsWith("api/"));
          const names = all.map(({ name }) => name);
          for (const name of FILES.filter((name) => name !== "icon.svg")) {
            assert.ok(names.includes(name), `${name} was not loaded, but ${names.join(", ")}`);
          }
          const unknown = names.filter((name) => name !== "" && !FILES.includes(name));
          assert.deepEqual(unknown, [], "loaded before anything was asked");
          const bytes = all.reduce((sum, { bytes }) => sum + bytes, 0);
          const engine = all.find(({ name }) => name.startsWith("engine"))?.bytes;
          await visit.main.click();
          await visit.view("ask");
          await answered(page);
          const more = (await Promise.all(sizes)).filter(({ name }) => !name.startsWith("api/") && !names.includes(name) && name !== "icon.svg");
          assert.deepEqual(more.map(({ name }) => name).sort(), ANSWERS, "loaded to answer a question");
          return (
            `${bytes} bytes to train (${engine} the engine), ${more.reduce((sum, { bytes }) => sum + bytes, 0)} more to ask; ` +
            `first paint after ${Math.round(paint)} ms, first step after ${Math.round(first)} ms`
          );
        },
        { site },
      ),
  }));
}

/** The bytes of an answer as they were sent. */
async function sizeOf(request) {
  const name = new URL(request.url()).pathname.slice(1);
  const response = await request.response();
  const length = Number(response?.headers()["content-length"]);
  const bytes = length || (await request.sizes()).responseBodySize;
  return { name, bytes };
}
