/** What a proof of work is asked for: a solution for one is none for another. */
export type WorkFor = 'sign' | 'report' | 'check' | 'saved-check' | 'subscribe'

/**
 * A price on requests made by programs: some quarter of a second of a phone's time for each (altcha, PBKDF2). It stops
 * no one who is willing to pay, and nothing else here relies on it.
 */
export interface WorkDesk {
  /** A challenge for a page, as JSON that is sent as it is. */
  challenge(purpose: WorkFor): Promise<object>
  /**
   * Looks at a solution, base64 of JSON as the page sends it. Each is taken once: `spent` is one that was taken before.
   * `expired`: its time was over; `wrong`: anything else.
   */
  verify(solution: string, purpose: WorkFor): Promise<'done' | 'spent' | 'expired' | 'wrong'>
}
