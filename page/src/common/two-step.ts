// A button that asks before it does what cannot be taken back.

import { h } from "./dom";

/** Milliseconds that the question stands. */
const STANDS = 6000;

/**
 * A button that acts at once where `question` gives nothing, and else shows the question and acts
 * when it is pressed again.
 */
export function twoStep(
  label: string,
  question: () => string | null,
  act: () => void,
): HTMLButtonElement {
  let asked = false;
  let timer = 0;
  const rest = () => {
    asked = false;
    clearTimeout(timer);
    button.textContent = label;
    button.classList.remove("asked");
  };
  const press = () => {
    const text = asked ? null : question();
    if (text === null) {
      rest();
      act();
    } else {
      asked = true;
      button.textContent = text;
      button.classList.add("asked");
      timer = window.setTimeout(rest, STANDS);
    }
  };
  const button = h("button", { type: "button", onclick: press }, label);
  button.addEventListener("blur", rest);
  button.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && asked) {
      event.stopPropagation();
      rest();
    }
  });
  return button;
}
