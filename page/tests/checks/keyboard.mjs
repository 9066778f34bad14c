// Everything is reached by keys, and everything has a name.

import assert from "node:assert/strict";

import { answered } from "./ask.mjs";

const TABS = 80;
/** Roles that someone acts on. */
const ROLES = ["button", "checkbox", "combobox", "link", "radio", "searchbox", "slider", "spinbutton", "switch", "tab", "textbox"];
const CHARTED = "preset=design&set.training.epochs=1&set.training.steps_per_epoch=400&set.validation.every_steps=200";

export function tests({ visit }) {
  return [
    {
      name: "keyboard: Tab reaches all and is never caught; Enter acts",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await visit.open(`#${CHARTED}`);
          const walked = await walk(page);
          for (const wanted of ["Skip to the content", "Train", "Ask", "Compare", "button Train"]) {
            assert.ok(walked.some((text) => text.includes(wanted)), `Tab does not reach ${wanted}: ${walked.join(" | ")}`);
          }
          await page.locator("nav a[data-view=ask]").focus();
          await page.keyboard.press("Enter");
          await page.locator(".ask").waitFor();
          await answered(page);
          const inAsk = await walk(page);
          assert.ok(inAsk.some((text) => text.includes("ask-terms")), `Tab does not reach the terms: ${inAsk.join(" | ")}`);
          await page.locator("#ask-terms").focus();
          await page.keyboard.press("Control+A");
          await page.keyboard.type("5, 10, 15, 20");
          await page.keyboard.press("Enter");
          await page.locator(".ask .answer .next", { hasText: "25" }).waitFor();
          await page.locator("nav a[data-view=train]").focus();
          await page.keyboard.press("Enter");
          await visit.main.focus();
          await page.keyboard.press("Enter");
          await visit.trained();
          return `${TABS} Tabs: ${new Set(walked).size} places in Train, ${new Set(inAsk).size} in Ask; terms asked and a model trained by keys`;
        }),
    },
    {
      name: "names: whatever one acts on has one",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          await visit.open(`#${CHARTED}`);
          await visit.train();
          await visit.trained();
          await page.getByRole("button", { name: "Keep", exact: true }).click();
          await page.locator("form.keep input").press("Enter");
          await page.locator(".kept a").waitFor();
          await page.locator(".all-keys > summary").click();
          for (const button of await page.locator(".decision .expand").all()) {
            await button.click();
          }
          const counts = [];
          for (const view of ["train", "ask", "compare"]) {
            await visit.view(view);
            if (view === "ask") {
              await answered(page);
            }
            counts.push(`${await named(visit)} in ${view}`);
          }
          return counts.join(", ");
        }),
    },
  ];
}

/** Where each Tab leads. Fails where one is caught. */
async function walk(page) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.click(2, 2);
  const places = [];
  let before = null;
  for (let i = 0; i < TABS; i++) {
    await page.keyboard.press("Tab");
    const { key, text } = await page.evaluate(() => {
      const element = document.activeElement;
      window.tabbed ??= [];
      let key = window.tabbed.indexOf(element);
      if (key < 0) {
        key = window.tabbed.push(element) - 1;
      }
      const name = element.getAttribute("aria-label") ?? element.textContent.slice(0, 40);
      return { key, text: `${element.localName}${element.id && `#${element.id}`} ${name}`.trim() };
    });
    assert.notEqual(key, before, `Tab stays at ${text}`);
    before = key;
    places.push({ key, text });
  }
  // Whoever comes back to a place has been everywhere: the first comes again before any other.
  const again = places.findIndex(({ key }, i) => places.slice(0, i).some((place) => place.key === key));
  if (again >= 0) {
    assert.equal(places[again].key, places[0].key, `Tab goes round in a part of the page, from ${places[again].text}`);
  }
  return places.map(({ text }) => text);
}

/** How many elements one acts on, all with a name. */
async function named({ context, page }) {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const all = nodes.filter(({ ignored, role }) => !ignored && ROLES.includes(role?.value));
  const nameless = all.filter(({ name }) => !name?.value?.trim());
  assert.deepEqual(nameless.map(({ role, properties }) => `${role.value} ${JSON.stringify(properties)}`), [], "without a name");
  assert.ok(all.length > 10, `only ${all.length} elements to act on`);
  return all.length;
}
