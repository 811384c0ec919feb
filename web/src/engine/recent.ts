/** The few things that were used last, each made once. */
export class Recent<T> {
  // In the order of their last use; the first is the next to go.
  readonly #kept = new Map<string, Promise<T>>();

  /**
   * @param most - How many are kept.
   * @param drop - Told what is kept no longer, once whoever just got it had a chance to use it.
   */
  constructor(
    private readonly most: number,
    private readonly drop: (item: T) => void = () => {},
  ) {}

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    const item = known ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, item);
    if (!known)
      item.catch(() => {
        if (this.#kept.get(key) === item) this.#kept.delete(key);
      });
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= this.most) break;
      this.#kept.delete(oldest);
      old.then(
        (gone) => setTimeout(() => this.drop(gone)),
        () => {},
      );
    }
    return item;
  }
}
