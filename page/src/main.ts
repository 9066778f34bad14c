// The page: a head with the views as tabs, and the view that the address names.

import type { App, View } from "./app";
import { askView } from "./ask/view";
import { fill, h } from "./common/dom";
import { compareView } from "./compare/view";
import { EngineClient } from "./engine/client";
import { VIEWS, type ViewName } from "./state/address";
import { Store } from "./state/store";
import { trainView } from "./train/view";

const NAMES: Record<ViewName, string> = { train: "Train", ask: "Ask", compare: "Compare" };

function begin(): void {
  const store = new Store();
  const engine = new EngineClient("worker.js");
  const notice = h("div", { class: "notice", role: "status", hidden: true });
  const main = h("main", { id: "main", tabindex: -1 }, h("p", { class: "loading" }, "Loading the engine ..."));

  const tabs = VIEWS.map((view) =>
    h(
      "a",
      {
        href: `#view=${view}`,
        "data-view": view,
        onclick: (event) => {
          event.preventDefault();
          store.set({ view });
        },
      },
      NAMES[view],
    ),
  );
  const head = h(
    "header",
    {},
    h("a", { class: "skip", href: "#main", onclick: (event) => (event.preventDefault(), main.focus()) }, "Skip to the content"),
    h("h1", {}, "ninth"),
    h("p", { class: "claim" }, "Give it eight terms, it names the ninth"),
    h("nav", { "aria-label": "Views" }, ...tabs),
  );
  document.body.append(head, notice, main);

  const say = (text: string, failed: boolean) => {
    notice.hidden = false;
    notice.classList.toggle("failed", failed);
    fill(notice, text);
  };
  engine.on("warning", (text) => say(text, false));
  engine.on("failed", (text) => say(`The engine failed: ${text}`, true));

  let views: Record<ViewName, View> | null = null;
  let shown: View | null = null;
  const show = () => {
    for (const tab of tabs) {
      const current = tab.dataset["view"] === store.now.view;
      tab.toggleAttribute("aria-current", false);
      if (current) {
        tab.setAttribute("aria-current", "page");
      }
    }
    const view = views?.[store.now.view] ?? null;
    if (view && view !== shown) {
      shown?.hidden?.();
      fill(main, view.element);
      shown = view;
      view.shown?.();
    }
  };
  store.on(show);
  show();

  engine.on("ready", async (module) => {
    document.documentElement.dataset["module"] = module;
    const description = await engine.ask("describe", {});
    const server = document.documentElement.dataset["server"] !== "";
    const app: App = { engine, store, description, server };
    views = { train: trainView(app), ask: askView(app), compare: compareView(app) };
    show();
  });

  // Whoever leaves finds the training as it was.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      engine.save();
    }
  });
}

begin();
