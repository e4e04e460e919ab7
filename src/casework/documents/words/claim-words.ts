/** Words of a draft claim for an administrative court. */
export interface ClaimWords {
  readonly kicker: string
  readonly title: string
  readonly draft: string
  readonly court: string
  readonly courtKind: string
  readonly claimant: string
  readonly respondent: string
  readonly respondentNote: string
  /** What a court asks to know of the other side. */
  readonly respondentBlank: string
  readonly kind: string
  readonly kindNote: string
  readonly kindBlank: string
  readonly subject: string
  readonly facts: string
  readonly factsNote: string
  readonly limits: string
  readonly affected: string
  readonly affectedNote: string
  readonly pretrial: string
  readonly pretrialTable: string
  readonly terms: string
  readonly termsTable: string
  readonly termsNote: string
  readonly noTerms: string
  /** Where the safe day of every claim was over on the day of the document. */
  readonly late: string
  readonly lateReasons: string
  readonly law: string
  /** A point of law: its name, and what the claimant submits. */
  readonly points: readonly ClaimPoint[]
  /** What came of the requests and which acts the case holds. */
  readonly acts: string
  /** On what a court of the country may apply the Covenant. */
  readonly covenantBlank: string
  readonly actUnknown: string
  readonly burden: string
  readonly burdenBlank: string
  readonly proof: string
  /** What is enclosed where the case has a bundle that something follows from. */
  readonly proofMeasured: readonly string[]
  readonly proofRequests: string
  readonly technical: string
  readonly technicalRule: string
  readonly contrary: string
  readonly asks: string
  /**
   * The prayer, as far as the case gives it: to have the act or word of its absence handed over, where no act is enclosed; to
   * review an act that is known, with its number behind; to find the grounds, where it was said that there is no act; to take
   * the bundle in, where there is one; to restore a term that is over.
   */
  readonly asked: Readonly<Record<'disclosure' | 'review' | 'byLaw' | 'basis' | 'bundle' | 'term', string>>
  /** Which part of a by-law. */
  readonly byLawPart: string
  readonly perRespondentBlank: string
  /** Annexes that the law asks for and the case does not hold. */
  readonly annexesBlank: string
}

export interface ClaimPoint {
  /** Which provisions it rests on: claim.ts names them. */
  readonly rests: 'right' | 'law' | 'aim' | 'need'
  readonly name: string
  readonly submits: string
}
