/** A first-in-first-out queue from which the middle may be removed too; a ring that keeps its memory. */
export class Fifo<T> {
  private ring: (T | undefined)[] = [];
  private first = 0;
  length = 0;

  at(index: number): T {
    return this.ring[(this.first + index) & (this.ring.length - 1)] as T;
  }

  push(item: T): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.first + this.length++) & (this.ring.length - 1)] = item;
  }

  remove(index: number): T {
    const { ring, first } = this;
    const mask = ring.length - 1;
    const item = ring[(first + index) & mask] as T;
    for (let i = index; i > 0; i--) ring[(first + i) & mask] = ring[(first + i - 1) & mask];
    ring[first] = undefined;
    this.first = (first + 1) & mask;
    this.length--;
    return item;
  }

  clear(): void {
    while (this.length > 0) this.remove(0);
  }

  private grow(): void {
    const items: (T | undefined)[] = [];
    for (let i = 0; i < this.length; i++) items.push(this.at(i));
    while (items.length < Math.max(4, 2 * this.length)) items.push(undefined);
    this.ring = items;
    this.first = 0;
  }
}
