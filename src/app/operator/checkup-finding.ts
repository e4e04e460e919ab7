/** What one look found. `good` needs nothing; `look` is for the operator to judge; `bad` is to be repaired. */
export interface CheckupFinding {
  readonly about: string
  readonly state: 'good' | 'look' | 'bad'
  readonly found: string
  /** What to do; absent where nothing is. */
  readonly todo?: string
}
