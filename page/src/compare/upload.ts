// Weights from a file, chosen or dropped.

import type { App } from "../app";
import { fill, h } from "../common/dom";

export function upload(app: App): HTMLElement {
  const message = h("p", { class: "message", role: "status" });
  const take = async (files: FileList | null | undefined) => {
    for (const file of files ?? []) {
      const name = file.name.replace(/\.safetensors$/, "");
      fill(message, `Reading ${file.name} …`);
      try {
        await app.engine.upload(name, file);
        fill(message, `${name} is here.`);
      } catch (error) {
        fill(message, `${file.name}: ${(error as Error).message}`);
      }
    }
  };
  const input = h("input", {
    type: "file",
    accept: ".safetensors",
    multiple: true,
    onchange: () => void take(input.files).then(() => (input.value = "")),
  });
  const element = h(
    "div",
    { class: "panel upload" },
    h("label", {}, h("b", {}, "Weights from a file"), " of this page or of the program ", input),
    h(
      "p",
      { class: "quiet" },
      "A file may also be dropped here. Downloaded weights are files that ",
      h("code", {}, "ninth predict --model FILE"),
      " reads.",
    ),
    message,
  );
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    element.classList.toggle("over", is);
  };
  element.addEventListener("dragover", (event) => over(event, true));
  element.addEventListener("dragleave", (event) => over(event, false));
  element.addEventListener("drop", (event) => {
    over(event, false);
    void take(event.dataTransfer?.files);
  });
  return element;
}
