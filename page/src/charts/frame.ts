// Drawing when there is something to see.

/**
 * A function that asks for `draw`: it is called in the next animation frame, once however often it
 * was asked for, and only while `element` is in view, or else when it comes into view.
 */
export function whenSeen(element: Element, draw: () => void): () => void {
  let seen = false;
  let wanted = false;
  let waiting = false;
  const frame = () => {
    waiting = false;
    if (seen && wanted) {
      wanted = false;
      draw();
    }
  };
  const schedule = () => {
    if (seen && wanted && !waiting) {
      waiting = true;
      requestAnimationFrame(frame);
    }
  };
  new IntersectionObserver(
    (entries) => {
      seen = entries.at(-1)?.isIntersecting ?? false;
      schedule();
    },
    { rootMargin: "200px" },
  ).observe(element);
  return () => {
    wanted = true;
    schedule();
  };
}

/** Calls `changed` with the width of an element, at first and whenever it is another. */
export function onWidth(element: Element, changed: (width: number) => void): void {
  let before = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0 && width !== before) {
      before = width;
      changed(width);
    }
  }).observe(element);
}
