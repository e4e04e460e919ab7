import type { SiteOptions } from '../site-options.ts'

/** Answers that are remembered: those of the pages that are being made, in every language. */
const MOST_ANSWERS = 300

type Stores = Pick<SiteOptions, 'warehouse' | 'archive'>

/**
 * The stores as a copy asks them: a question that the page of one language asked is not asked again for the next two.
 * Only where time stands still, since an answer holds as long as it is remembered.
 */
export function askedOnce({ warehouse, archive }: Stores): Stores {
  const answers = new Map<string, Promise<unknown>>()
  const kept =
    <A extends readonly unknown[], T>(name: string, ask: (...asked: A) => Promise<T>) =>
    (...asked: A): Promise<T> => {
      const key = JSON.stringify([name, ...asked])
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- put there by the same question, below
      const known = answers.get(key) as Promise<T> | undefined
      const answer = known ?? ask(...asked)
      answers.delete(key)
      answers.set(key, answer)
      answer.catch(() => answers.delete(key))
      for (const oldest of answers.keys()) {
        if (answers.size <= MOST_ANSWERS) break
        answers.delete(oldest)
      }
      return answer
    }
  return {
    warehouse: {
      matrix: kept('matrix', (period) => warehouse.matrix(period)),
      recent: kept('recent', (period) => warehouse.recent(period)),
      lastInterfered: kept('lastInterfered', (period) => warehouse.lastInterfered(period)),
      measuredHours: kept('measuredHours', (period) => warehouse.measuredHours(period)),
      explored: kept('explored', (service, asked) => warehouse.explored(service, asked)),
      aggregated: kept('aggregated', (asked) => warehouse.aggregated(asked)),
      series: kept('series', (service, asn, period) => warehouse.series(service, asn, period)),
      listed: kept('listed', (service, period) => warehouse.listed(service, period)),
      keptApart: kept('keptApart', (service, asn, period) => warehouse.keptApart(service, asn, period)),
      readings: kept('readings', (service, asn, period) => warehouse.readings(service, asn, period)),
      apart: kept('apart', (service, asn, period) => warehouse.apart(service, asn, period)),
      measurement: kept('measurement', (id) => warehouse.measurement(id)),
      observations: kept('observations', (id) => warehouse.observations(id)),
    },
    archive: { read: kept('read', (id) => archive.read(id)) },
  }
}
