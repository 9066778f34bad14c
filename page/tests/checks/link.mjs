// An address has all that was chosen.

import assert from "node:assert/strict";

import { validations } from "../support/visit.mjs";

export function tests({ visit }) {
  return [
    {
      name: "link: the same choices, terms and curve in another browser",
      async test() {
        const mine = await visit(async (visit) => {
          const { page } = visit;
          await visit.open();
          await page.locator(".presets input[value=design]").check();
          for (const [label, value] of [
            ["epochs", "2"],
            ["steps per epoch", "300"],
            ["validation every", "200"],
            ["seed", "12"],
          ]) {
            const field = page.locator(".numbers").getByLabel(label, { exact: true });
            await field.fill(value);
            await field.press("Enter");
          }
          await page.locator(".decisions").getByLabel("activation", { exact: true }).selectOption("relu");
          await visit.view("ask");
          await page.locator("#ask-terms").fill("3, 1, 4, 1, 5");
          await page.locator("#ask-terms").press("Enter");
          await visit.view("train");
          return look(visit);
        });
        const theirs = await visit(async (visit) => {
          await visit.open(new URL(mine.address).hash);
          return look(visit);
        });
        assert.deepEqual(theirs, mine);
        assert.equal(mine.terms, "3, 1, 4, 1, 5");
        assert.ok(mine.changes.some((text) => text.includes("relu")), `changed: ${mine.changes.join(", ")}`);
        assert.ok(mine.curve.length > 1);
        return `${new URL(mine.address).hash.length} characters; ${mine.changes.length} changes, ${mine.curve.length} validations alike to the bit`;
      },
    },
  ];
}

async function look(visit) {
  const { page } = visit;
  const changes = page.locator(".changes code");
  await page.waitForFunction(() => document.querySelectorAll(".changes code").length >= 5);
  const chosen = {
    address: page.url(),
    changes: await changes.allTextContents(),
    preset: await page.locator(".presets input:checked").inputValue(),
    fields: await page.locator(".numbers input, .numbers select, .decision select").evaluateAll((all) => all.map(({ value }) => value)),
  };
  await visit.train();
  const curve = validations((await visit.trained()).lines);
  await visit.view("ask");
  const terms = await page.locator("#ask-terms").inputValue();
  return { ...chosen, curve, terms };
}
