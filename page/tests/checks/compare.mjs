// Runs side by side, and the way of their weights to the program and back.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";

const SHORT = "preset=design&set.training.epochs=1&set.training.steps_per_epoch=400&set.validation.every_steps=200";

export function tests({ folder, ninth, visit }) {
  return [
    {
      name: "compare: keep, rename, download, upload, remove",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await keepRun(visit, `#${SHORT}`, "first");
          await keepRun(visit, `#${SHORT}&set.model.activation=relu`, "second");
          await visit.view("compare");
          const cards = page.locator(".compare .cards > li[data-run]");
          await cards.nth(1).waitFor();
          const keys = page.locator(".compare tr.key");
          const differing = Object.fromEntries(
            await keys.evaluateAll((rows) =>
              rows.map((row) => [row.querySelector("th").textContent, [...row.querySelectorAll("td")].slice(0, 2).map((cell) => cell.textContent)]),
            ),
          );
          assert.deepEqual(differing, { "model.activation": ["gelu", "relu"] }, "the table of what differs");
          const name = cards.first().locator("input");
          await name.fill("renamed");
          await name.press("Enter");
          await page.locator(".compare .cards input[aria-label='Name of renamed']").waitFor();
          await page.reload();
          await page.locator(".compare .cards input[aria-label='Name of renamed']").waitFor();

          const [download] = await Promise.all([
            page.waitForEvent("download"),
            cards.first().getByRole("button", { name: "Download weights" }).click(),
          ]);
          const file = join(folder, download.suggestedFilename());
          await download.saveAs(file);
          const next = ninth ? ninth("predict", "--model", file, "2", "4", "6", "8").split("\n")[0].trim() : "left out";

          await page.locator(".compare .upload input[type=file]").setInputFiles(file);
          await cards.nth(2).waitFor();
          assert.match(await cards.nth(2).locator(".about").textContent(), /uploaded · 400 steps/);
          for (let left = 3; left > 0; left--) {
            const remove = cards.first().locator(".actions button").last();
            await remove.click();
            assert.match(await remove.textContent(), /^Remove .+\?$/, "it is asked before a run is removed");
            await remove.click();
            await page.waitForFunction((left) => document.querySelectorAll(".compare .cards > li[data-run]").length === left, left - 1);
          }
          await page.reload();
          await page.locator(".compare").waitFor();
          assert.equal(await cards.count(), 0, "removed runs are there after a reload");
          return `${Object.keys(differing)}: ${Object.values(differing)}; ${download.suggestedFilename()}, ${statSync(file).size} bytes; ninth predict: ${next}`;
        }),
    },
  ];
}

/** Trains the choices of an address, and keeps that under a name. */
export async function keepRun(visit, address, name) {
  const { page } = visit;
  await page.goto("about:blank");
  await visit.open(address);
  if (await visit.stored()) {
    const anew = page.locator(".differing button");
    await anew.click();
    // It asks before many steps are dropped.
    if (/^Drop/.test(await anew.textContent())) {
      await anew.click();
    }
    await page.locator(".differing").waitFor({ state: "hidden" });
  } else {
    await visit.train();
  }
  await visit.trained();
  await page.getByRole("button", { name: "Keep", exact: true }).first().click();
  const field = page.locator("form.keep input");
  await field.fill(name);
  await field.press("Enter");
  await page.locator(".kept", { hasText: `Kept as ${name}` }).waitFor();
}
