// Questions and their answers.

import assert from "node:assert/strict";

const BOX = "#ask-terms";

export function tests({ visit }) {
  return [
    {
      name: "ask: the next term, its formula, what the heads look at",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await visit.open("#view=ask");
          await ask(page, "2, 4, 6, 8, 10, 12");
          await page.locator(".ask .answer .next", { hasText: "14" }).waitFor();
          const formula = await page.locator(".ask .answer .formula").first().textContent();
          assert.match(formula, /^a\(n\) = 2 n\b/, "the formula of the even numbers");
          await answered(page);
          const rules = await page.locator(".ask .rules ol.rows > li").count();
          assert.ok(rules > 0, "no rule is shown");
          const weights = await page.locator(".ask .attends table.weights").first().evaluate((table) =>
            [...table.tBodies[0].rows].map((row) =>
              [...row.querySelectorAll("td")].map((cell) => Number.parseFloat(cell.style.getPropertyValue("--weight"))),
            ),
          );
          assert.equal(weights.length, 6, "a row of weights for each term");
          weights.forEach((row, place) => {
            const sum = row.reduce((a, b) => a + b, 0);
            assert.ok(Math.abs(sum - 100) < 0.5, `the weights of term ${place + 1} add up to ${sum} %`);
            assert.ok(row.slice(place + 1).every((weight) => weight === 0), `term ${place + 1} looks ahead`);
          });
          assert.ok(new Set(weights.flat()).size > 10, "the weights are not those of a model");
          return `14 by ${formula}; ${rules} rules; weights of ${weights.length} terms, each adds up to 100 %`;
        }),
    },
    {
      name: "ask: an error has its mark",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await visit.open("#view=ask");
          await ask(page, "1, 2, x, 4");
          const error = page.locator("#ask-error");
          await error.locator("pre").waitFor();
          assert.equal(await page.locator(BOX).getAttribute("aria-invalid"), "true");
          const [text, mark] = (await error.locator("pre").textContent()).split("\n").slice(-2);
          const said = await error.locator("p").textContent();
          assert.equal(text[mark.indexOf("^")], "x", `the mark is below the wrong place:\n${text}\n${mark}`);
          await ask(page, "1, 2, 3, 4");
          await page.locator(".ask .answer .next", { hasText: "5" }).waitFor();
          assert.equal(await page.locator("#ask-error").textContent(), "", "the error stays");
          return said;
        }),
    },
    {
      name: "ask: terms beyond the range of the model",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await visit.open("#view=ask");
          await ask(page, "1, 10, 100, 1000, 10000, 100000, 1000000");
          await page.locator(".ask .answer .next", { hasText: "10000000" }).waitFor();
          await answered(page);
          const model = await page.locator(".ask .method.model .body").textContent();
          assert.match(model, /range|knows|integers|0 to 255/i, `of the model alone: ${model}`);
          await ask(page, "15511210043330985984000000, 403291461126605635584000000, 10888869450418352160768000000, 304888344611713860501504000000");
          await page.locator(".ask .answer .next[title^='8841761993739701954543616000000 ']").waitFor();
          return `10000000; the model alone: ${model.slice(0, 90)}; 28! after 25!, 26!, 27!, 28! is 29! to the digit`;
        }),
    },
  ];
}

async function ask(page, terms) {
  await page.locator(BOX).fill(terms);
  await page.locator(BOX).press("Enter");
}

/** Waits for all parts of the answer. */
export async function answered(page) {
  await page.waitForFunction(
    () => document.querySelector(".ask .results:not(.waiting)") && !document.querySelector(".ask .due"),
  );
}
