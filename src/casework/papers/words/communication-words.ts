/** Words of a draft communication to the Human Rights Committee, along the sections of its form. */
export interface CommunicationWords {
  readonly kicker: string
  readonly title: string
  readonly draft: string
  readonly summary: string
  readonly summaryBlank: string
  readonly sections: Readonly<Record<CommunicationSection, string>>
  readonly committee: string
  readonly committeeValue: string
  readonly state: string
  readonly stateValue: string
  readonly language: string
  readonly languageValue: string
  readonly entry: string
  readonly entryValue: string
  readonly authorised: string
  readonly articles: readonly string[]
  readonly articlesBlank: string
  readonly victimTest: string
  readonly factsLead: string
  readonly timeline: string
  readonly limits: string
  readonly remediesLead: string
  readonly remediesTable: string
  readonly constitutional: string
  readonly prosecutor: string
  readonly prosecutorResult: string
  readonly termsTable: string
  readonly noTerms: string
  readonly delay: string
  readonly otherLead: string
  readonly interference: string
  readonly testLead: string
  readonly testTable: string
  readonly test: {
    readonly step: string
    readonly paragraphs: string
    readonly shown: string
    readonly record: string
    readonly rows: readonly TestStep[]
  }
  readonly record: {
    readonly noRequest: string
    readonly noAim: string
    readonly noNeed: string
    readonly noScope: string
  }
  readonly burden: string
  readonly decisionsLead: string
  readonly decisions: readonly Decision[]
  readonly persuasive: string
  readonly observations: string
  readonly asked: readonly string[]
  readonly technical: string
  readonly truth: string
}

export const COMMUNICATION_SECTIONS = [
  'frame',
  'author',
  'articles',
  'facts',
  'remedies',
  'other',
  'claims',
  'interim',
  'asked',
] as const
export type CommunicationSection = (typeof COMMUNICATION_SECTIONS)[number]

/** A step of the test of article 19(3) with what must be shown; what the record holds is written from the case. */
export interface TestStep {
  readonly holds: 'interference' | 'law' | 'aim' | 'need' | 'scope'
  readonly step: string
  readonly paragraphs: string
  readonly shown: string
}

/** A decision and the point it is cited for; `confirmed` where the reference of the field is certain of it. */
export interface Decision {
  readonly name: string
  readonly point: string
  readonly confirmed: boolean
}
