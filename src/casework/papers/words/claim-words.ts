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
  readonly law: string
  /** A point of law: its name, what the claimant submits, the provisions it rests on. */
  readonly points: readonly ClaimPoint[]
  /** What the court is asked where an act is known, where it was said that there is none, and where nothing was disclosed. */
  readonly asksReview: string
  readonly asksBasis: string
  readonly asksDisclosure: string
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
  readonly asked: readonly string[]
}

export interface ClaimPoint {
  readonly name: string
  readonly submits: string
  readonly provisions: readonly string[]
}
