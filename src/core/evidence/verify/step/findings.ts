import { InputError } from '../../../model/errors.ts'
import {
  MOST_SHOWN,
  type BundleFact,
  type BundleNote,
  type BundleProblem,
  type BundleStep,
  type CheckedStep,
  type FactValues,
  type FoundFact,
  type FoundProblem,
} from '../bundle-report.ts'

const MOST_ABOUT = 300

/** Collects what one step finds; every problem is counted, the first ones are kept. */
export class StepFindings {
  readonly #problems: FoundProblem[] = []
  readonly #notes: CheckedStep['notes'][number][] = []
  readonly #facts: FoundFact[] = []
  #count = 0
  #skipped = false

  /** Something is wrong. */
  fail(problem: BundleProblem, about?: string): void {
    this.#count++
    if (this.#problems.length < MOST_SHOWN)
      this.#problems.push({ problem, ...(about === undefined ? {} : { about: about.slice(0, MOST_ABOUT) }) })
  }

  /** Something that a reader has to know, and that is not wrong; of one kind the first ones are kept. */
  note(note: BundleNote, about?: string): void {
    const before = this.#notes.filter((one) => one.note === note).length
    if (before === MOST_SHOWN) this.#notes.push({ note, about: '\u2026' })
    if (before >= MOST_SHOWN) return
    this.#notes.push({ note, ...(about === undefined ? {} : { about: about.slice(0, MOST_ABOUT) }) })
  }

  /** The same of several leaves, in one note; none where there is none. */
  noteLeaves(note: BundleNote, leaves: readonly number[]): void {
    if (leaves.length === 0) return
    const more = leaves.length > MOST_SHOWN ? ` \u2026 (${leaves.length})` : ''
    this.note(note, `leaf ${leaves.slice(0, MOST_SHOWN).join(' ')}${more}`)
  }

  fact<Fact extends BundleFact>(fact: Fact, values: FactValues<Fact>): void {
    this.#facts.push({ fact, values })
  }

  /** The step could not be made at all, for this reason; problems found so far still count. */
  skip(reason: BundleNote, about?: string): void {
    this.#skipped = true
    this.note(reason, about)
  }

  get failed(): boolean {
    return this.#count > 0
  }

  /** Runs a reading; what is wrong with what it reads is a problem about `about`, and undefined is given. */
  async attempt<T>(problem: BundleProblem, about: string, read: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.fail(problem, error.path === '' || error.path === about ? about : `${about}: ${error.path}`)
      return undefined
    }
  }

  checked(step: BundleStep): CheckedStep {
    return {
      step,
      outcome: this.#count > 0 ? 'failed' : this.#skipped ? 'not-checked' : 'ok',
      problems: this.#problems,
      problemCount: this.#count,
      notes: this.#notes,
      facts: this.#facts,
    }
  }
}
