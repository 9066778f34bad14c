// The state of the page, kept in its address.

import { type Address, read, write } from "./address";

export class Store {
  private address: Address = read(location.hash);
  private readonly listeners = new Set<(now: Address, before: Address) => void>();

  constructor() {
    addEventListener("hashchange", () => this.become(read(location.hash)));
  }

  get now(): Address {
    return this.address;
  }

  /** Calls `listener` after each change; the result ends that. */
  on(listener: (now: Address, before: Address) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Changes a part. Another view is a step in the browser's history, all else is not. */
  set(change: Partial<Address>): void {
    const before = this.address;
    this.become({ ...before, ...change });
    const url = location.pathname + location.search + write(this.address);
    if (this.address.view === before.view) {
      history.replaceState(null, "", url);
    } else {
      history.pushState(null, "", url);
    }
  }

  private become(address: Address): void {
    const before = this.address;
    if (JSON.stringify(before) === JSON.stringify(address)) {
      return;
    }
    this.address = address;
    for (const listener of this.listeners) {
      listener(address, before);
    }
  }
}
