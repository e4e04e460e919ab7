/** Rules of the protocol that can be taken away, one at a time: each must then be missed. */
export const RULES = [
  'a state is recorded before it is signed',
  'a swap names the state that it follows',
  'a refusal is no success',
  'a lost answer is no success',
  'a take-over continues from the recorded tree',
  'a folder that leads has the recorded tree',
  'only shipped leaves are covered',
] as const
export type Rule = (typeof RULES)[number]

/** How much of each may happen in one run: what makes the number of states finite. */
export interface Budget {
  readonly machines: number
  /** The last machine is a clone of the first one: the same folder, known as the same. */
  readonly clone: boolean
  readonly appends: number
  readonly signs: number
  readonly beats: number
  readonly crashes: number
  /** Answers that are lost, and writes that arrive later. */
  readonly faults: number
}
