/** Something that may be in one list, and knows its neighbours there. */
export interface Linked<T> {
  previous: T | undefined
  next: T | undefined
}

/**
 * A list from which any member leaves without a search, in the order in which they came. Nothing is allocated: with a
 * `Set`, adding and removing for each request makes a new table every few requests.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined
  #last: T | undefined
  size = 0

  get first(): T | undefined {
    return this.#first
  }

  append(member: T): void {
    member.previous = this.#last
    member.next = undefined
    if (this.#last === undefined) this.#first = member
    else this.#last.next = member
    this.#last = member
    this.size++
  }

  /** The member must be in this list. */
  remove(member: T): void {
    if (member.previous === undefined) this.#first = member.next
    else member.previous.next = member.next
    if (member.next === undefined) this.#last = member.previous
    else member.next.previous = member.previous
    member.previous = member.next = undefined
    this.size--
  }

  /** A member may leave while it is visited. */
  *[Symbol.iterator](): Iterator<T> {
    for (let member = this.#first; member !== undefined; ) {
      const { next } = member
      yield member
      member = next
    }
  }
}
