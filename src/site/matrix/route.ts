import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { serviceName } from '../../core/text/names.ts'
import { instant } from '../../core/model/units.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { namedEntries } from '../incident/route.ts'
import type { Board } from '../now/board.ts'
import { chooseDays, type LastData } from '../last-data.ts'
import { listedEntries, matrixView } from './view.ts'
import { matrixPage, type LatestMeasurement } from './page.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import type { DescribeIncident } from '../spoken.ts'

/** How many of the newest measurements the page lists. */
const MOST_LATEST = 10

/** Services by networks over days that the reader chooses. */
export function addMatrixPages(
  site: Hono,
  options: SiteOptions,
  {
    lastData,
    speak,
    board,
  }: { readonly lastData: LastData; readonly speak: DescribeIncident; readonly board: () => Promise<Board> },
): void {
  const { warehouse, names } = options
  for (const lang of LANGS)
    site.get(`/${lang}/matrix`, async (c) => {
      const chosen = await chooseDays(c.req.query(), lastData)
      const cells = await warehouse.matrix(chosen)
      const context = {
        chosen,
        names,
        lastData: await lastData(),
        latest: await latestOf(lang, cells, options),
        silent: (await board()).isSilent(),
      }
      const current = await options.incidents?.current()
      const incidents = current === undefined ? undefined : await speak(current)
      const episodes = (await options.incidents?.episodes()) ?? []
      const entries = incidents && namedEntries(listedEntries(incidents, episodes, context), names)
      const view = matrixView(cells, { ...context, ...defined({ incidents, entries }) })
      return answerPage(c, matrixPage(lang, view), options.frame)
    })
}

/** The newest measurement of the services and networks measured last, newest first. */
async function latestOf(
  lang: Lang,
  cells: readonly MatrixCell[],
  { warehouse, names }: SiteOptions,
): Promise<readonly LatestMeasurement[]> {
  const newest = cells.toSorted((a, b) => b.latest - a.latest).slice(0, MOST_LATEST)
  const lists = await Promise.all(
    newest.map(async (cell): Promise<LatestMeasurement[]> => {
      const period = { since: cell.latest, until: instant(cell.latest + 1) }
      const point = (await warehouse.series(cell.service, cell.asn, period))[0]
      if (point === undefined) return []
      return [
        {
          id: point.id,
          at: point.at,
          serviceName: serviceName(names, cell.service),
          network: networkLabel(lang, cell.asn, names.networkName(cell.asn)),
          kind: point.kind,
        },
      ]
    }),
  )
  return lists.flat()
}
