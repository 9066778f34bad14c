// A training outlives the page.

import assert from "node:assert/strict";

import { percent, validations } from "../support/visit.mjs";

const ADDRESS =
  "#preset=design&set.training.epochs=4&set.training.steps_per_epoch=10000&set.validation.every_steps=4000&set.training.seed=3";
const CHART = "Ninth terms that are right";

export function tests({ visit }) {
  return [
    {
      name: "reload: a training goes on as if nothing had been",
      async test() {
        const through = await visit(async (visit) => {
          await visit.open(ADDRESS);
          await visit.train();
          return (await visit.trained()).lines;
        });
        const { step, lines } = await visit(async (visit) => {
          const { page } = visit;
          await visit.open(ADDRESS);
          await visit.train();
          await page.waitForFunction(() => Number(document.querySelector(".train .figures dd b").textContent.replaceAll(/\D/g, "")) > 9000);
          await visit.main.click();
          await visit.main.filter({ hasText: "Go on" }).waitFor();
          await page.waitForTimeout(2500);
          const before = { step: await visit.step(), rows: await visit.table(CHART) };
          assert.ok(before.step < 40_000, "the training was over before it was stopped");
          assert.ok(before.rows.length > 0, "no curve before the reload");
          await page.reload();
          await visit.main.filter({ hasText: "Go on" }).waitFor();
          await page.waitForFunction(() => document.querySelectorAll(".train .charts .big table tr").length > 1);
          const after = { step: await visit.step(), rows: await visit.table(CHART) };
          assert.deepEqual(after, before, "the training after the reload");
          await visit.main.click();
          return { step: before.step, lines: (await visit.trained()).lines };
        });
        assert.deepEqual(validations(lines), validations(through), "the validations of an uninterrupted training");
        const last = validations(lines).at(-1);
        return (
          `rested at step ${step}; at step ${last.step} loss ${last["validation/loss"]}, ` +
          `${percent(last["validation/accuracy_all"])} right, both as without a reload`
        );
      },
    },
  ];
}
