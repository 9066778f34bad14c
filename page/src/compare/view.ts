import type { App, View } from "../app";
import { h } from "../common/dom";

export function compareView(_app: App): View {
  return { element: h("section", { class: "compare" }, "compare") };
}
