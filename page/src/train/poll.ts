// Questions that are asked again while the model changes.

export class Poll {
  private seen = false;
  private wanted = false;
  private asking = false;
  private last = -Infinity;

  /** `ask` is called while `element` is in view, `pause` milliseconds apart at least. */
  constructor(
    element: Element,
    private readonly pause: number,
    private readonly ask: () => Promise<void>,
  ) {
    new IntersectionObserver(
      (entries) => {
        this.seen = entries.at(-1)?.isIntersecting ?? false;
        this.next();
      },
      { rootMargin: "100px" },
    ).observe(element);
  }

  /** There is something new to ask about. */
  want(): void {
    this.wanted = true;
    this.next();
  }

  private next(): void {
    if (!this.seen || !this.wanted || this.asking) {
      return;
    }
    this.asking = true;
    const wait = Math.max(0, this.last + this.pause - performance.now());
    setTimeout(async () => {
      this.wanted = false;
      try {
        await this.ask();
      } finally {
        this.last = performance.now();
        this.asking = false;
        this.next();
      }
    }, wait);
  }
}
