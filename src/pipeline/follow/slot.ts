import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, parseInstant, type CountryCode, type Instant } from '../../core/model/units.ts'
import type { Bucket } from './bucket.ts'
import type { BucketObject } from '../../runtime/objects/bucket-xml.ts'

/** From this day on objects lie by hour; before it by test and day. Source: docs/formats/ooni.md, the public bucket. */
export const HOURLY_SINCE = parseInstant('2020-10-20')

/** Later uploads add files to an hour: it is settled two hours after its start … */
export const SETTLED_AFTER_MS = 2 * HOUR_MS
/** … and listed again a day after that, for files that came late. */
export const CLOSED_AFTER_MS = SETTLED_AFTER_MS + DAY_MS

/** The slot (an hour, or a day in the old layout) in which an instant falls, by its beginning. */
export const bucketSlot = (at: Instant): Instant =>
  instant(at < HOURLY_SINCE ? Math.floor(at / DAY_MS) * DAY_MS : Math.floor(at / HOUR_MS) * HOUR_MS)

export const nextSlot = (slot: Instant): Instant => instant(slot + (slot < HOURLY_SINCE ? DAY_MS : HOUR_MS))

/** `2026080413`: how state and messages name a slot. */
export const formatSlot = (slot: Instant): string => new Date(slot).toISOString().slice(0, 13).replace(/\D/g, '')

/** Every object of a slot for one country, of any test. */
export async function listSlot(bucket: Bucket, slot: Instant, country: CountryCode): Promise<readonly BucketObject[]> {
  const name = formatSlot(slot)
  const day = name.slice(0, 8)
  if (slot >= HOURLY_SINCE) return bucket.list(`raw/${day}/${name.slice(8)}/${country}/`)
  const objects: BucketObject[] = []
  for (const test of await bucket.listPrefixes('jsonl/'))
    objects.push(...(await bucket.list(`${test}${country}/${day}/`)))
  return objects
}

/**
 * The objects of a listing that are to be read. The same measurements are in `.jsonl.gz` and, as posted, in
 * `.tar.gz` next to it: the second is read only where the first has not come by the time the slot is closed.
 */
export function chooseObjects(listed: readonly BucketObject[], closing: boolean): readonly BucketObject[] {
  const lines = listed.filter(({ key }) => key.endsWith('.jsonl.gz'))
  if (!closing) return lines
  const stems = new Set(lines.map(({ key }) => key.slice(0, -'.jsonl.gz'.length)))
  const posted = listed.filter(({ key }) => key.endsWith('.tar.gz') && !stems.has(key.slice(0, -'.tar.gz'.length)))
  return [...lines, ...posted]
}
