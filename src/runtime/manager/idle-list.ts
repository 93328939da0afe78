/** The clients that nobody holds, the one that is idle longest first. Adding and removing take no search. */
import type { Slot } from './slot.ts'

export class IdleList<Shared> {
  #first: Slot<Shared> | undefined
  #last: Slot<Shared> | undefined
  size = 0

  get first(): Slot<Shared> | undefined {
    return this.#first
  }

  append(slot: Slot<Shared>): void {
    slot.previous = this.#last
    slot.next = undefined
    if (this.#last === undefined) this.#first = slot
    else this.#last.next = slot
    this.#last = slot
    this.size++
  }

  remove(slot: Slot<Shared>): void {
    if (slot.previous === undefined) this.#first = slot.next
    else slot.previous.next = slot.next
    if (slot.next === undefined) this.#last = slot.previous
    else slot.next.previous = slot.previous
    slot.previous = slot.next = undefined
    this.size--
  }
}
