import { join } from 'node:path'
import { z } from 'zod'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { TIERS, type Tier } from '../../core/model/tables/service.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'

/** Paragraphs of the text that asks for consent, in order; a test compares CONSENT_VERSION with them. */
export const CONSENT_PARAGRAPHS = [
  'title',
  'what',
  'not',
  'sent',
  'not-sent',
  'public',
  'key',
  'cost',
  'visible',
  'law',
  'who-not',
  'no-promise',
  'stop',
] as const

/**
 * Version of the text that asks for consent. It rises with every change of what the text says, and everybody is asked
 * again: a service that is added to the list is such a change. A test holds it to the words in all three languages, and to
 * the services of each tier.
 */
export const CONSENT_VERSION = 7

const consentSchema = z.object({
  version: z.number().int(),
  /** Minute of the answer, UTC. */
  at_utc: z.iso.datetime(),
  lang: z.enum(LANGS),
  /** Tiers agreed to; none: refused. */
  tiers: z.array(z.enum(TIERS)),
  /** Whether a person read the text, or `--yes` stood for it. */
  by: z.enum(['answer', 'option']),
})

/** What the owner of a line answered. */
export interface Consent {
  readonly version: number
  readonly at: Instant
  readonly lang: Lang
  readonly tiers: readonly Tier[]
  readonly by: 'answer' | 'option'
}

const PATH = 'consent.json'

/** The answer kept in a probe's folder; undefined where there is none, or none that can be read: then one asks. */
export async function loadConsent(probeFolder: string): Promise<Consent | undefined> {
  const bytes = await readWhole(join(probeFolder, PATH))
  if (bytes === undefined) return undefined
  try {
    const { at_utc: at, ...rest } = consentSchema.parse(JSON.parse(bytes.toString()))
    return { ...rest, at: instant(Date.parse(at)) }
  } catch {
    return undefined
  }
}

/** Keeps an answer, its time to the minute. */
export async function saveConsent(probeFolder: string, consent: Consent): Promise<void> {
  const { at, ...rest } = consent
  const text = JSON.stringify({ ...rest, at_utc: new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS).toISOString() })
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, PATH), Buffer.from(`${text}\n`))
}

/** Tiers that may be measured now: none if no one agreed to today's text. */
export const consentedTiers = (consent: Consent | undefined): readonly Tier[] =>
  consent?.version === CONSENT_VERSION ? consent.tiers : []
