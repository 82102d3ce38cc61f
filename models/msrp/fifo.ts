/** A first-in-first-out queue from which the middle may be removed too; reuses its array. */
export class Fifo<T> {
  private readonly items: T[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  at(index: number): T {
    return this.items[this.first + index];
  }

  push(item: T): void {
    this.items.push(item);
  }

  remove(index: number): T {
    const item = this.items[this.first + index];
    if (index > 0) {
      this.items.splice(this.first + index, 1);
      return item;
    }
    this.first++;
    if (this.first === this.items.length) this.clear();
    else if (this.first >= 64 && this.first * 2 >= this.items.length) {
      this.items.splice(0, this.first);
      this.first = 0;
    }
    return item;
  }

  clear(): void {
    this.items.length = 0;
    this.first = 0;
  }
}
