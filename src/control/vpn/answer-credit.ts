import { LRUCache } from 'lru-cache'

/** Bytes that one key may have saved up: an answer or two. */
const MOST_SAVED = 512

/**
 * Keeps a server on UDP from sending an address more bytes than came from there: each key (the prefix of an address)
 * may be answered with what it has sent and not yet been answered with. An attacker who forges a sender's address gets
 * no more bytes sent there than they send themselves. What is forgotten is a sender's credit, never a debt.
 */
export class AnswerCredit {
  readonly #saved: LRUCache<string, number>

  constructor(most: number) {
    this.#saved = new LRUCache({ maxSize: most, sizeCalculation: () => 1 })
  }

  /** Notes bytes that came; gives whether `answer` bytes may go back, and takes them off where they may. */
  allows(key: string, came: number, answer: number): boolean {
    const saved = Math.min(MOST_SAVED, (this.#saved.get(key) ?? 0) + came)
    const allowed = answer <= saved
    this.#saved.set(key, allowed ? saved - answer : saved)
    return allowed
  }
}
