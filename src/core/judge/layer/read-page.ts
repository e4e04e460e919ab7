import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { HttpObservation, Observation } from '../../model/measured/observation.ts'
import { LOCATION_WORDS, type PageComparison, type PageReading } from '../../model/measured/page-reading.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { matchesOfPage } from './fingerprint.ts'
import { listedService } from '../judge.ts'
import { firstOfControl, isOwn, sendsThere, substanceOf } from '../kuager/page.ts'
import { comparePages, isChallenge, redirectElsewhere } from './page.ts'
import { sentTo } from '../sent-to.ts'

/**
 * Everything that the judge may ask of the answers of a measurement, by the JSON pointer of their exchange: with it in the
 * place of what the servers sent, `judge` gives the same verdict but for the hosts to which answers send.
 */
export function readPages(
  head: MeasurementHead,
  observations: readonly Observation[],
  tables: Tables,
): ReadonlyMap<string, PageReading> {
  const http = observations.filter((row) => row.kind === 'http')
  const controls = http.filter((row) => row.side === 'control')
  const service = listedService(head, observations, tables.services)
  const numbers = new Map<string, number>()
  const readings = new Map<string, PageReading>()
  for (const row of http) {
    if (row.status === undefined || isHelpers(row)) continue
    const said = substanceOf(row)
    if (said !== undefined && !numbers.has(said)) numbers.set(said, numbers.size)
    const same = said === undefined ? undefined : numbers.get(said)
    const compared = controls
      .filter((control) => control !== row && control.first !== true)
      .map((control): [string, PageComparison] => [control.source, comparePages(row, control)])
    const location = wordsOf(row, service, controls)
    readings.set(row.source, {
      compared: Object.fromEntries(compared),
      challenge: isChallenge(row),
      fingerprints: matchesOfPage(row, head.probeCc, tables).map(({ name }) => name),
      ...(same === undefined ? {} : { same }),
      ...(location === undefined ? {} : { location }),
    })
  }
  return readings
}

/** What a helper abroad told of a page is no answer on the line, and is not withheld. */
const isHelpers = (row: HttpObservation): boolean => row.side === 'control' && row.origin === 'helper'

function wordsOf(
  row: HttpObservation,
  service: Service | undefined,
  controls: readonly HttpObservation[],
): PageReading['location'] {
  const sent = sentTo(row)
  // A place that cannot be read is not known: an empty list would say that it is the owner's own.
  if (sent === undefined) return undefined
  const target = redirectElsewhere(row)
  const first = firstOfControl(controls.filter((one) => one.part === row.part && one.scheme === row.scheme))
  return LOCATION_WORDS.filter((word) => {
    if (word === 'own') return target !== undefined && isOwn(service, row, target)
    if (word === 'as-control') return target !== undefined && first !== undefined && sendsThere(first, row, target)
    return sent.is(word)
  })
}
