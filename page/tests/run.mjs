// Tests the built page in a browser. One line for each test with its figure, and a table at the end.
//
//   node tests/run.mjs --ninth PATH [--shots DIR] [--long] [--only NAME[,NAME]]
//   node tests/run.mjs --site URL ...    the page of another server; what it cannot show is left out,
//                                        --ninth names the program all the same, --runs its folder
//
// `CHROMIUM` names a browser other than /usr/bin/chromium.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import * as ask from "./checks/ask.mjs";
import * as compare from "./checks/compare.mjs";
import * as keyboard from "./checks/keyboard.mjs";
import * as link from "./checks/link.mjs";
import * as live from "./checks/live.mjs";
import * as load from "./checks/load.mjs";
import * as looks from "./checks/looks.mjs";
import * as quick from "./checks/quick.mjs";
import * as reload from "./checks/reload.mjs";
import * as same from "./checks/same.mjs";
import { fileServer, ninth, ninthServer } from "./support/servers.mjs";
import { Visit } from "./support/visit.mjs";

const { values: options } = parseArgs({
  options: {
    ninth: { type: "string" },
    site: { type: "string" },
    runs: { type: "string" },
    shots: { type: "string" },
    long: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
if (!options.ninth && !options.site) {
  console.error("--ninth PATH (the program) or --site URL is needed");
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), "ninth-page-"));
const binary = options.ninth && resolve(options.ninth);
const sites = [];
if (options.site) {
  sites.push({ name: "the site", url: options.site.replace(/\/?$/, "/"), runs: binary && options.runs, stop() {} });
} else {
  await mkdir(join(folder, "runs"));
  sites.push(await ninthServer(binary, join(folder, "runs")));
  ninth(binary, "serve", "--export", join(folder, "site"));
  sites.push(await fileServer(join(folder, "site")));
}
if (options.shots) {
  await mkdir(options.shots, { recursive: true });
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

/** What a test is given. */
const given = {
  sites,
  folder,
  shots: options.shots,
  /** Whether tests that take a minute are wanted. */
  long: options.long,
  /** Carries out a command of the program; `null` without one. */
  ninth: binary ? (...words) => ninth(binary, ...words) : null,
  binary,
  /** Makes a visit, and ends it whatever happens. */
  async visit(act, { site = sites[0], ...more } = {}) {
    const visit = await Visit.begin(browser, site.url, more);
    let result;
    try {
      result = await act(visit);
    } catch (error) {
      await visit.end().catch((also) => (error.message += `\n${also.message}`));
      throw error;
    }
    await visit.end();
    return result;
  },
};

const checks = [load, same, quick, ask, compare, reload, link, live, keyboard, looks].flatMap(({ tests }) => tests(given));
const wanted = options.only?.split(",");
const results = [];
for (const { name, leftOut, test } of checks) {
  if (wanted && !wanted.some((part) => name.startsWith(part))) {
    continue;
  }
  const began = performance.now();
  let [state, figure] = ["left out", leftOut];
  if (!leftOut) {
    try {
      [state, figure] = ["ok", await test()];
    } catch (error) {
      [state, figure] = ["FAILED", error.message];
    }
  }
  const seconds = (performance.now() - began) / 1000;
  results.push({ name, state, figure: figure.split("\n")[0], seconds });
  console.log(`${state}: ${name}: ${figure}`);
}

await browser.close();
for (const site of sites) {
  site.stop();
}
await rm(folder, { recursive: true });

const widest = Math.max(...results.map(({ name }) => name.length));
console.log(`\n${"test".padEnd(widest)}  state     seconds  figure`);
for (const { name, state, figure, seconds } of results) {
  console.log(`${name.padEnd(widest)}  ${state.padEnd(8)}  ${seconds.toFixed(1).padStart(7)}  ${figure}`);
}
const failed = results.filter(({ state }) => state === "FAILED").length;
const passed = results.filter(({ state }) => state === "ok").length;
console.log(`\n${passed} passed, ${failed} failed, ${results.length - passed - failed} left out`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
