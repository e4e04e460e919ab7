import { defined } from '../defined.ts'

/** What a comparison of two pages can say; core/judge/layer/page.ts says how it is made. */
export const PAGE_COMPARISONS = ['alike', 'differs', 'unclear'] as const
export type PageComparison = (typeof PAGE_COMPARISONS)[number]

/**
 * What the place is to which an answer sends. `cleartext`: a URL of http. `address`: an address, no name. `private`: a
 * private address. `portal`: a sign-in page of the line. `elsewhere`: another owner's site. `own`: a host of the service
 * under test. `as-control`: the site to which the first answer of the control sends too.
 */
export const LOCATION_WORDS = ['cleartext', 'address', 'private', 'portal', 'elsewhere', 'own', 'as-control'] as const
export type LocationWord = (typeof LOCATION_WORDS)[number]

/**
 * What our program read from an answer whose bytes are withheld: a closed vocabulary, so that no text of the page passes
 * through. The judge asks nothing else of a page (docs/formats/public-form.md).
 */
export interface PageReading {
  /** How it compares with a page of the control, by the place of that page in the measurement. */
  readonly compared: Readonly<Record<string, PageComparison>>
  readonly challenge: boolean
  /** Names of all fingerprints that match, in the order of the tables. */
  readonly fingerprints: readonly string[]
  /** Answers of one measurement with the same number send to the same place, or have the same body. */
  readonly same?: number
  /** Absent where the answer sends nowhere, or to a place that cannot be read. */
  readonly location?: readonly LocationWord[]
}

/** In place of a text of a server that is withheld. */
export const WITHHELD = '[withheld]'

/** Of an answer of which nothing was read. */
export const NOTHING_READ: PageReading = { compared: {}, challenge: false, fingerprints: [] }

/** Readings by the JSON pointer of their exchange, as they are in a published form. */
export function encodeReadings(readings: ReadonlyMap<string, PageReading>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...readings].map(([source, { compared, challenge, fingerprints, same, location }]) => [
      source,
      {
        ...(Object.keys(compared).length === 0 ? {} : { compared }),
        ...(challenge ? { challenge } : {}),
        ...(fingerprints.length === 0 ? {} : { fingerprints }),
        ...defined({ same, location }),
      },
    ]),
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, 1_000) : []

/** Reads them from an untrusted form: what is outside the vocabulary is no reading. */
export function decodeReadings(value: unknown): ReadonlyMap<string, PageReading> {
  const readings = new Map<string, PageReading>()
  if (!isObject(value)) return readings
  for (const [source, stated] of Object.entries(value))
    if (isObject(stated)) readings.set(source, decodeReading(stated))
  return readings
}

function decodeReading(stated: Readonly<Record<string, unknown>>): PageReading {
  const asked = isObject(stated['compared']) ? Object.entries(stated['compared']) : []
  const compared = asked.flatMap(([control, word]): [string, PageComparison][] => {
    const known = PAGE_COMPARISONS.find((one) => one === word)
    return known === undefined ? [] : [[control, known]]
  })
  const { same, location } = stated
  const words = texts(location)
  return {
    compared: Object.fromEntries(compared),
    challenge: stated['challenge'] === true,
    fingerprints: texts(stated['fingerprints']),
    ...(typeof same === 'number' ? { same } : {}),
    ...(Array.isArray(location) ? { location: LOCATION_WORDS.filter((word) => words.includes(word)) } : {}),
  }
}
