// A visit of the page in a browser that knows nothing of it, and what is read from it.

import assert from "node:assert/strict";

/** Milliseconds that anything may take that is not a training. */
const SOON = 30_000;
/** Milliseconds that a training may take. */
const TRAINED = 240_000;

export class Visit {
  /** Every request, of the page and of its workers. */
  requests = [];
  /** Errors on the console, uncaught errors, failed requests. */
  errors = [];

  static async begin(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, acceptDownloads: true, ...options });
    const page = await context.newPage();
    return new Visit(context, page, url);
  }

  constructor(context, page, url) {
    Object.assign(this, { context, page, url });
    page.setDefaultTimeout(SOON);
    context.on("request", (request) => this.requests.push(request));
    page.on("console", (message) => message.type() === "error" && this.errors.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => this.errors.push(`uncaught: ${error.message}`));
    context.on("requestfailed", (request) => {
      // A stream of events ends with the view that shows it.
      const reason = request.failure()?.errorText;
      if (!(request.resourceType() === "eventsource" && reason === "net::ERR_ABORTED")) {
        this.errors.push(`${request.url()}: ${reason}`);
      }
    });
  }

  /** Opens the page at an address (`#...`), and waits until the engine is there. */
  async open(hash = "") {
    await this.page.goto(this.url + hash);
    await this.page.locator("main > section").waitFor();
  }

  /** Whether all went well; ends the visit. */
  async end() {
    await this.context.close();
    assert.deepEqual(this.errors, [], "errors in the page");
    const host = new URL(this.url).host;
    const others = this.requests.map((request) => request.url()).filter((url) => {
      const { protocol, host: other } = new URL(url);
      return !["blob:", "data:"].includes(protocol) && other !== host;
    });
    assert.deepEqual(others, [], "requests to another host");
  }

  async view(name) {
    await this.page.locator(`nav a[data-view=${name}]`).click();
    await this.page.locator(`main > section.${name}`).waitFor();
  }

  /** The button that trains, rests and goes on. */
  get main() {
    return this.page.locator(".train .buttons .primary");
  }

  /** A figure of the view Train by its name, as text. */
  figure(name) {
    return this.page.locator(".train .figures dl > div", { has: this.page.locator(`dt:text-is("${name}")`) }).locator("dd b");
  }

  async step() {
    const text = await this.figure("Step").textContent();
    return text === "–" ? 0 : counted(text);
  }

  /** The training as the browser has stored it: `choices`, `lines`, `ending`, all digits. */
  stored() {
    return this.page.evaluate(async () => {
      const done = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await done(indexedDB.open("ninth"));
      const training = await done(database.transaction("training").objectStore("training").get("current"));
      database.close();
      return training && { ...training, checkpoint: training.checkpoint.byteLength };
    });
  }

  /** Begins the training of the address by a click. */
  async train() {
    await this.main.filter({ hasText: "Train" }).click();
  }

  /** Waits for the end of the training. Gives what is stored of it. */
  async trained() {
    const { page } = this;
    await page.waitForFunction(
      () => document.querySelector(".train .sentence")?.textContent.startsWith("The training has ended"),
      null,
      { timeout: TRAINED },
    );
    for (;;) {
      const training = await this.stored();
      if (training?.ending) {
        return training;
      }
      await page.waitForTimeout(100);
    }
  }

  /** The rows of the table behind a chart: for each the text by the name of its column. */
  async table(title, within = ".train .live > .charts") {
    const chart = this.page.locator(`${within} figure[aria-label="${title}"]`);
    await chart.scrollIntoViewIfNeeded();
    return chart.evaluate((figure) => {
      const texts = (row) => [...row.children].map((cell) => cell.textContent);
      const [head, ...rows] = [...figure.querySelectorAll("table tr")].map(texts);
      return rows.map((row) => Object.fromEntries(row.map((text, i) => [head[i], text])));
    });
  }
}

/** The validations among the lines of a log. */
export function validations(lines) {
  return lines.filter(({ event }) => event === "validation");
}

/** A count as the page writes it, `12 400` or `12.5k`, as a number. */
export function counted(text) {
  const [, digits, letter] = /^([\d.]+)([kM]?)$/.exec(text.replaceAll(/\s/g, "")) ?? [];
  return Number(digits) * { "": 1, k: 1e3, M: 1e6 }[letter ?? ""];
}

/** `0.123` as `12.3 %`. */
export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
