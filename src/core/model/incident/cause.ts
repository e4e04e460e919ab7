/** Explanations of an incident: interference first, then faults. Rows of data/causes.json. */
export const INTERFERENCE_CAUSES = ['name-block', 'address-block', 'dns-block', 'interception', 'throttling'] as const
export const FAULT_CAUSES = [
  'platform-down',
  'regional-edge-down',
  'server-error',
  'one-name-at-edge',
  'provider',
  'transit',
  'congestion',
  'cdn-node',
  'dns-fault',
  'certificate',
  'client',
  'one-line',
  'ipv6',
  'overload',
] as const
export const CAUSES = [...INTERFERENCE_CAUSES, ...FAULT_CAUSES] as const
export type Cause = (typeof CAUSES)[number]

/** Items of evidence and their outcomes: columns of data/causes.json. An item that was not looked at is skipped. */
export const CAUSE_ITEMS = {
  pair: ['fail-pass', 'fail-fail', 'pass-pass'],
  neighbour: ['passes', 'fails'],
  stage: ['dns', 'tcp', 'tls-silence-reset', 'alert-certificate', 'http', 'slow'],
  artefact: ['seen', 'none'],
  dns: ['right', 'odd', 'negative-one-name', 'all-fail'],
  doh: ['answers', 'fails'],
  owners: ['one-of-several', 'together', 'apart'],
  unrelated: ['several', 'no'],
  canary: ['fails', 'passes'],
  outage: ['falls', 'normal'],
  abroad: ['fails', 'passes'],
  'same-address-abroad': ['fails', 'passes'],
  'other-countries': ['fails', 'passes'],
  vpn: ['cures', 'no'],
  'other-name': ['cures', 'no'],
  ttl: ['in-country', 'endpoint', 'premises'],
  onset: ['gradual', 'sharp'],
  daily: ['same-hours', 'some-days', 'no'],
  version: ['one', 'several'],
  ipv6: ['only', 'no'],
  line: ['one', 'several'],
  persistence: ['hours', 'days', 'long'],
  extent: ['nearly-all', 'part'],
  rows: [
    '0-5',
    '5-10',
    '10-15',
    '15-20',
    '20-25',
    '25-30',
    '30-35',
    '35-40',
    '40-45',
    '45-50',
    '50-55',
    '55-60',
    '60-65',
    '65-70',
    '70-75',
    '75-80',
    '80-85',
    '85-90',
    '90-95',
    '95-100',
  ],
  endings: ['one', 'mixed'],
  pages: ['all', 'some'],
} as const
/** Items that only a table of a third party is asked for: of our own series they are never what is still to be looked at. */
export const TABLE_ITEMS: ReadonlySet<string> = new Set(['persistence', 'extent', 'rows', 'endings', 'pages'])
export type CauseItem = keyof typeof CAUSE_ITEMS
export type ItemOutcome<I extends CauseItem = CauseItem> = (typeof CAUSE_ITEMS)[I][number]

/** The end of the weighing: the word rule of docs/methods/cause.md. */
export const CAUSE_WORDS = ['blocking', 'fault', 'not-determined', 'insufficient'] as const
export type CauseWord = (typeof CAUSE_WORDS)[number]

/** Words of the ENFSI scale for a ratio, from 1 upwards; for a ratio below 1 the propositions are swapped. */
export const SUPPORT = [
  'none',
  'weak',
  'moderate',
  'moderately-strong',
  'strong',
  'very-strong',
  'extremely-strong',
] as const
export type Support = (typeof SUPPORT)[number]

/** One item that was looked at, with what it adds to either side. */
export interface WeighedItem {
  readonly item: CauseItem
  readonly outcome: ItemOutcome
  /** log10 of P(outcome | interference, items before it) / P(outcome | faults, items before it); the items sum to the total. */
  readonly log10Lr: number
  /** The same item alone, and its 95 % interval from the table's uncertainty and the counts behind it. */
  readonly alone: { readonly log10Lr: number; readonly lo95: number; readonly hi95: number }
  /** What was counted: `n` observations, `k` of them of this outcome, from `probes` probes; 0 where it is a yes or no. */
  readonly count: { readonly k: number; readonly n: number; readonly probes: number }
  /** Where it was read: a measurement id, a table, a file. */
  readonly source: string
}

/** A piece of evidence that was not checked, with the log10 ratio that would be quoted after each outcome. */
export interface UnseenItem {
  readonly item: CauseItem
  readonly after: readonly { readonly outcome: ItemOutcome; readonly log10Lr: number; readonly word: CauseWord }[]
}

/** Which condition of the word rule held. */
export const BLOCKING_GROUNDS = [
  'discordant-pair',
  'artefact',
  'bogon-doh-right',
  'single-name-dns-two-owners',
  'ttl-in-country-breadth',
  'neighbour-passes-unicast',
  'long-on-one-owner',
] as const
export type BlockingGround = (typeof BLOCKING_GROUNDS)[number]

/** Quoted ratio, as log10, from which the word may be `blocking`; its reciprocal is the word `fault`. docs/decisions/0030. */
export const DECISIVE_LOG10 = 1

/** What a quoted ratio is taken against: a listed cause, or one without a row, which makes every outcome equally probable. */
export const OPPONENTS = [...CAUSES, 'unlisted'] as const
export type Opponent = (typeof OPPONENTS)[number]

/**
 * The ratio to quote: the mean of one side over the single explanation of the other side, or without a row, that fits
 * best. log10; above 0 for interference, below 0 for a fault, 0 if neither side is better than all that speak against it.
 */
export interface QuotedRatio {
  readonly log10Lr: number
  readonly lo95: number
  readonly hi95: number
  readonly against: Opponent
}

/** What the pairs of an incident show without any table: that the name makes the difference, and not why. */
export interface PairsShown {
  /** Pairs of which one half alone failed, one of a device and hour, and in how many it was the name under test. */
  readonly discordant: number
  readonly named: number
  /** log10 of the evidence against "the two names may be exchanged", the choice of the window paid for. */
  readonly log10E: number
}

/** Evidence from which on the pairs are said to show dependence on the name, as log10: P(E ≥ 20) ≤ 1/20 at any time. */
export const PAIRS_LOG10 = Math.log10(20)

export interface CauseFinding {
  readonly word: CauseWord
  /** log10 of P(items | interference) / P(items | faults), rows of a side mixed by the prior weights. */
  readonly log10Lr: number
  readonly lo95: number
  readonly hi95: number
  /** Absent in revisions of earlier rules, which quoted the smaller of `log10Lr` and `rival`. */
  readonly quoted?: QuotedRatio
  /** Absent where no pair was discordant, and in revisions of earlier rules. */
  readonly pairs?: PairsShown
  /** Step of the quoted ratio. */
  readonly support: Support
  readonly items: readonly WeighedItem[]
  /** Most likely interference and most likely fault, with log10 of P(items | the first) / P(items | the second). */
  readonly leading: Cause
  readonly rival: { readonly cause: Cause; readonly log10Lr: number }
  /** Posterior under equal weights of sides, every cause: shown as a drawing, never as "n % blocked". */
  readonly posterior: Readonly<Record<Cause, number>>
  readonly grounds: readonly BlockingGround[]
  readonly unseen: readonly UnseenItem[]
  /** Digest of data/causes.json. */
  readonly table: string
}

/** A quoted ratio as a revision tells it. Those of earlier rules have no interval of it, and name nothing that it is against. */
export type ToldRatio = QuotedRatio | EarlierRatio

export interface EarlierRatio {
  readonly log10Lr: number
  /** The ratio of averages, which verdict and step of that revision followed. */
  readonly followed: number
}

/** The ratio that a finding quotes: of earlier rules the smaller of two for one side, and nothing where they differ in side. */
export function quotedOf({ quoted, log10Lr, rival }: Pick<CauseFinding, 'quoted' | 'log10Lr' | 'rival'>): ToldRatio {
  if (quoted !== undefined) return quoted
  const smaller = Math.abs(log10Lr) < Math.abs(rival.log10Lr) ? log10Lr : rival.log10Lr
  return { log10Lr: Math.sign(log10Lr) === Math.sign(rival.log10Lr) ? smaller : 0, followed: log10Lr }
}

/**
 * The ratio of several incidents together, as log10: the mean of their ratios, one that does not speak for a side counted
 * as nothing. Its mean is at most 1 where that of each is, also if they share causes (Vovk and Wang 2021): they may be the same
 * fault, so that their product is none. 0 where neither side, or both, exceed 1.
 */
export function jointRatio(quoted: readonly number[]): number {
  const mean = (sign: 1 | -1): number =>
    quoted.reduce((sum, one) => sum + (sign * one > 0 ? 10 ** Math.abs(one) : 0), 0) / Math.max(1, quoted.length)
  const [interference, fault] = [mean(1), mean(-1)]
  if (interference > 1 === fault > 1) return 0
  return interference > 1 ? Math.log10(interference) : -Math.log10(fault)
}
