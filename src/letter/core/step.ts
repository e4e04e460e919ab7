// What a third party checks who counts the signatures of a letter again, step by step
// (docs/formats/letter-handover.md).

/** In their order; a step that rests on one before it is not checked where that one failed. */
export const LETTER_STEPS = [
  /** The checkpoint reads, and a key signed it that is trusted, or that follows a trusted one. */
  'checkpoint',
  /** Every leaf is there, and the leaves give the root that was signed. */
  'leaves',
  /** The leaves are those of a letter's log and none contradicts another. */
  'count',
  /** The versions of the letter are those whose digests were logged. */
  'versions',
  /** The number that was shown, or that the bundle states, is the one counted. */
  'shown',
  /** A receipt's signature stands among them. */
  'receipt',
  /** The sealed files are those whose digests are counted: each there, none altered, none besides. */
  'files',
  /** What was sealed opens and is a signature under this letter. */
  'contents',
] as const
export type LetterStepName = (typeof LETTER_STEPS)[number]

export const LETTER_PROBLEMS = [
  'checkpoint-unreadable',
  'checkpoint-unsigned',
  'leaf-missing',
  'leaf-foreign',
  'root-differs',
  'signed-twice',
  'void-unknown',
  'void-twice',
  'restored-unknown',
  'removal-too-many',
  'after-closing',
  'version-out-of-order',
  'letter-unknown',
  'version-missing',
  'version-altered',
  'version-foreign',
  'number-differs',
  'receipt-unreadable',
  'receipt-unproven',
  'receipt-foreign',
  'receipt-removed',
  'receipt-other-history',
  'file-missing',
  'file-altered',
  'file-foreign',
  'file-no-file',
  'list-differs',
  'sealed-locked',
  'sealed-damaged',
  'signature-unreadable',
  'signature-other-letter',
  'signature-other-version',
  'signature-other-consent',
] as const
export type LetterProblem = (typeof LETTER_PROBLEMS)[number]

export interface FoundLetterProblem {
  readonly problem: LetterProblem
  /** Number of a leaf, name of a file, digest: text of the author of what is checked, so hostile. */
  readonly about?: string
}

export interface LetterStep {
  readonly step: LetterStepName
  readonly outcome: 'ok' | 'failed' | 'not-checked'
  /** The first ones. */
  readonly problems: readonly FoundLetterProblem[]
  readonly problemCount: number
}

/** Problems of a step that are named; the rest is counted. */
const MOST_NAMED = 100

/** Gathers what is wrong in one step. */
export class StepFinder {
  readonly #step: LetterStepName
  readonly #problems: FoundLetterProblem[] = []
  #count = 0

  constructor(step: LetterStepName) {
    this.#step = step
  }

  get sound(): boolean {
    return this.#count === 0
  }

  add(problem: LetterProblem, about?: string | number): void {
    this.#count++
    if (this.#problems.length < MOST_NAMED)
      this.#problems.push({ problem, ...(about === undefined ? {} : { about: String(about) }) })
  }

  end(): LetterStep {
    const outcome = this.sound ? 'ok' : 'failed'
    return { step: this.#step, outcome, problems: this.#problems, problemCount: this.#count }
  }
}

export const notChecked = (step: LetterStepName): LetterStep => ({
  step,
  outcome: 'not-checked',
  problems: [],
  problemCount: 0,
})
