// Every view at every width, in light and dark: nothing overflows. With --shots, pictures of them.

import assert from "node:assert/strict";
import { join } from "node:path";

import { answered } from "./ask.mjs";
import { keepRun } from "./compare.mjs";

const WIDTHS = [360, 768, 1280, 1920];
/** Widths of which there are pictures. */
const PICTURED = [360, 1280];
const VIEWS = ["train", "ask", "compare"];
const CHOICES = "preset=design&set.training.epochs=2&set.training.steps_per_epoch=2000&set.validation.every_steps=500";

export function tests({ shots, visit }) {
  return ["light", "dark"].map((colorScheme) => ({
    name: `looks: nothing overflows, ${colorScheme}`,
    test: () =>
      visit(
        async (visit) => {
          const { page } = visit;
          let pictures = 0;
          const at = async (name, width) => {
            await page.setViewportSize({ width, height: 900 });
            await page.waitForTimeout(300);
            const wide = await page.evaluate(() => ({
              page: document.documentElement.scrollWidth,
              // What sticks out of the window without a frame that scrolls or hides it.
              beyond: [...document.querySelectorAll("main *")]
                .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.checkVisibility())
                .filter((element) => !element.closest(".scroll, .unseen, svg, pre"))
                .map((element) => `${element.localName}.${element.className}`)
                .slice(0, 5),
            }));
            assert.ok(wide.page <= width, `${name} at ${width}: ${wide.page} pixels wide (${wide.beyond.join(", ")})`);
            assert.deepEqual(wide.beyond, [], `${name} at ${width}: beyond the edge`);
            const pictured = shots && PICTURED.includes(width);
            await whole(page, width, pictured ? 2500 : 700);
            const cut = await page.evaluate(() =>
              [...document.querySelectorAll(".panel svg text")]
                .filter((text) => text.checkVisibility())
                .filter((text) => {
                  const [inner, outer] = [text, text.closest(".panel")].map((element) => element.getBoundingClientRect());
                  return !text.closest(".scroll") && (inner.right > outer.right || inner.left < outer.left);
                })
                .map((text) => text.textContent),
            );
            assert.deepEqual(cut, [], `${name} at ${width}: texts of charts that stick out of their panel`);
            if (pictured) {
              await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
              pictures++;
            }
          };
          await visit.open();
          for (const width of WIDTHS) {
            await at("train-empty", width);
          }
          await visit.view("compare");
          for (const width of WIDTHS) {
            await at("compare-empty", width);
          }
          await keepRun(visit, `#${CHOICES}`, "design, 4,000 steps");
          await keepRun(visit, `#${CHOICES}&set.model.activation=relu&set.training.seed=5`, "a name that is rather long, as people give them");
          for (const view of VIEWS) {
            await page.setViewportSize({ width: 1280, height: 900 });
            await visit.view(view);
            if (view === "ask") {
              await answered(page);
            }
            for (const width of WIDTHS) {
              await at(view, width);
            }
          }
          return `${VIEWS.length + 2} views at ${WIDTHS.join(", ")} pixels${shots ? `, ${pictures} pictures` : ""}`;
        },
        { colorScheme },
      ),
  }));
}

/** Lets everything be drawn that is drawn when it is seen. */
async function whole(page, width, milliseconds) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(height, 12_000) });
  await page.waitForTimeout(milliseconds);
}
