import type { KnownBounds } from '../../model/incident/impact-bounds.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'

/** What is known of the people affected without an assumption: devices counted, and the most that there can be. */
export const knownSentences = (lang: Lang, { devices, atMost, of }: KnownBounds): readonly string[] => [
  say(lang, 'incident.counted-devices', { count: devices }),
  say(lang, `incident.most-people.${of}`, { count: atMost }),
]
