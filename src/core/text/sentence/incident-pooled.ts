import type { Edge, Incident, PooledStart } from '../../model/incident/incident.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'
import { HOME_ZONE } from '../time.ts'
import { edgeText } from './incident.ts'

/** The start with those of others taken into account, which is never the one to quote; nothing where there is none. */
export function pooledSentences(lang: Lang, { pooledStart: pooled }: Pick<Incident, 'pooledStart'>): readonly string[] {
  if (pooled === undefined) return []
  return [
    say(lang, 'incident.pooled', {
      count: formatNumber(lang, pooled.incidents.length),
      // A Russian date ends with a point of its own.
      start: edgeText(lang, edgeOf(pooled), { side: 'start', zone: HOME_ZONE }).replace(/\.$/, ''),
      share: formatNumber(lang, pooled.together * 100),
    }),
  ]
}

const edgeOf = (pooled: PooledStart): Edge => ({ ...pooled, kind: 'dated', bracket: [undefined, undefined] })
