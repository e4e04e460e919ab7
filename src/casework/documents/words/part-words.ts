import type { Addressee, AnswerWord, RecordKind } from '../../case/case-form.ts'
import type { QuestionId } from '../../case/questions.ts'

/**
 * Words that papers of a case have in common. They stand here and not in the catalogue of src/core/text because papers name
 * the bodies they are addressed to, and no sentence of the catalogue names any.
 */
export interface PartWords {
  readonly yes: string
  readonly no: string
  /** Short names of what the questionnaire asks for, as labels. */
  readonly labels: Readonly<Record<QuestionId, string>>
  readonly authorKinds: { readonly person: string; readonly organisation: string }
  readonly records: Readonly<Record<RecordKind, string>>
  readonly addressees: Readonly<Record<Addressee, string>>
  readonly answers: Readonly<Record<AnswerWord, string>>
  /** What is missing, as a blank names it. */
  readonly missing: {
    readonly translation: string
    readonly document: string
    readonly day: string
    readonly result: string
    readonly addressee: string
    readonly providerName: string
    readonly bundle: string
    readonly signature: string
    readonly signed: string
    readonly number: string
    readonly birthplace: string
    readonly bank: string
    readonly representativeAddress: string
    readonly lawyer: string
    readonly actNumber: string
    readonly actDay: string
  }
  readonly incident: {
    readonly service: string
    readonly network: string
    readonly start: string
    readonly end: string
    readonly goesOn: string
    readonly measured: string
    readonly devices: string
    readonly source: string
    readonly verified: string
    readonly sound: string
    readonly wanting: string
    readonly notVerified: string
    readonly withdrawn: string
  }
  /** What a saved check was found to be. */
  readonly check: {
    readonly sound: string
    readonly notCompared: string
    readonly wanting: string
    readonly leaf: string
    readonly digest: string
  }
  /** What measurements show and do not; by the word of the incident. */
  readonly shows: {
    readonly blocking: string
    readonly fault: string
    readonly open: string
    readonly wanting: string
  }
  /** Before the number of the annex that says how strong an inference is. */
  readonly strength: string
  readonly limits: readonly string[]
  /** Headings that say whose word what follows is. */
  readonly standing: { readonly facts: string; readonly told: string }
  readonly columns: {
    readonly day: string
    readonly what: string
    readonly result: string
    readonly document: string
    readonly term: string
    readonly lastDay: string
    readonly article: string
    readonly mark: string
  }
  readonly noReply: string
  readonly silent: string
  /** The day until which an answer could come. */
  readonly replyTerm: string
  readonly annexes: string
  readonly noAnnexes: string
  readonly signature: string
  readonly signedOn: string
}
