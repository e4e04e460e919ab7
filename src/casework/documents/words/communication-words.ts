/**
 * Words of a draft communication to the Human Rights Committee, along the sections of its form. A name in braces is the place of a
 * provision of data/law: `{covenant-limits}`.
 */
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
  /** Before the day. */
  readonly entrySince: string
  readonly authorised: string
  /** What a request not to publish a name does not do. */
  readonly anonymity: string
  readonly articlesBlank: string
  readonly victimTest: string
  readonly factsLead: string
  readonly timeline: string
  readonly limits: string
  readonly remediesLead: string
  readonly remediesTable: string
  readonly prosecutor: string
  readonly prosecutorResult: string
  readonly termsTable: string
  readonly noTerms: string
  readonly delay: string
  /** Heading of the law on the domestic steps. */
  readonly remediesLaw: string
  readonly otherLead: string
  readonly admissibilityLead: string
  readonly admissibility: AdmissibilityWords
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
    /** Before what was measured of the service, and that no content of it was measured. */
    readonly measured: string
    readonly whole: string
  }
  readonly burden: string
  readonly decisionsLead: string
  readonly standardsLead: string
  readonly persuasive: string
  readonly observationsBlank: string
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
  'admissibility',
  'claims',
  'interim',
  'asked',
] as const
export type CommunicationSection = (typeof COMMUNICATION_SECTIONS)[number]

/** Conditions of the Optional Protocol, each with what must be shown; what the case holds is written from the case. */
export interface AdmissibilityWords {
  readonly caption: string
  readonly provision: string
  readonly shown: string
  readonly record: string
  readonly rows: readonly {
    readonly holds: 'victim' | 'time' | 'remedies' | 'substance' | 'name' | 'delay' | 'other'
    readonly shown: string
  }[]
  /** Where an organisation submits. */
  readonly organisation: string
  readonly measured: string
  /** Of events before the Protocol was in force. */
  readonly before: string
  readonly lastStep: string
  readonly noStep: string
  /** Where what the author says stands, and why no other remedy is effective. */
  readonly told: string
  readonly inRemedies: string
  readonly named: string
  readonly withheld: string
  readonly since: string
  readonly until: string
  readonly noDay: string
  readonly late: string
  readonly lateReasons: string
}

/** A step of the test of article 19(3) with what must be shown; what the record holds is written from the case. */
export interface TestStep {
  readonly holds: 'interference' | 'law' | 'aim' | 'need' | 'scope'
  readonly step: string
  readonly shown: string
}
