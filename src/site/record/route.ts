import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import type { OutsideRecord } from '../../runtime/tables/record.ts'
import { addClaimPages } from './claims-route.ts'
import type { LastData } from '../last-data.ts'
import { knownNow } from '../last-failed.ts'
import type { SiteOptions } from '../site-options.ts'
import type { DescribeIncident } from '../spoken.ts'
import { addStoryPages } from './story-route.ts'
import { addStudyPages } from './study-route.ts'
import { LANGS } from '../../core/text/lang.ts'
import { demandsView, type DemandSources } from './demand-view.ts'
import type { Frame } from '../../web/html/frame.ts'
import type { Markup } from '../../web/html/markup.ts'
import type { Pictures } from '../cards/pictures.ts'
import { addPageChart, takePageChart, type ChartRoute } from '../take/page-chart.ts'
import { ifItContinuesPage, weeksChart } from './page/if-it-continues.ts'
import { answerPage } from '../respond.ts'
import { addValidationPage } from './validation-route.ts'

/** A site that was given no record has its pages all the same, and they say that nothing is recorded. */
const NO_RECORD: OutsideRecord = {
  simulated: false,
  statements: [],
  chronicle: [],
  orders: [],
  demands: [],
  digest: '',
}

/** What the pages of the record know of the present. */
interface RecordPagesAbout {
  readonly lastData: LastData
  readonly speak: DescribeIncident
  readonly board: Parameters<typeof knownNow>[1]
  readonly pictures: Pictures | undefined
}

/** Adds the pages of what was said, reported, decided and demanded outside, and of studies of coincidence. */
export function addRecordPages(
  site: Hono,
  options: SiteOptions,
  { lastData, speak, board, pictures }: RecordPagesAbout,
): void {
  const { names, frame, clock } = options
  const claims = options.claims ?? { record: NO_RECORD, coverage: async () => [], judge: () => [] }
  const incidents = options.incidents ?? { current: async () => [], episodes: async () => [] }
  const shared = { record: claims.record, incidents: knownNow(incidents, board), names, frame }
  addClaimPages(site, { ...claims, ...shared })
  addStoryPages(site, {
    ...shared,
    pictures,
    clock,
    warehouse: options.warehouse,
    incidents: { current: async () => speak(await incidents.current()), episodes: () => incidents.episodes() },
  })
  addDemandPages(site, { ...shared, pictures, warehouse: options.warehouse, clock, lastData })
  addStudyPages(site, { names, frame, ...defined({ studies: options.studies }) })
  addValidationPage(site, { frame, ...defined({ validations: options.validations }) })
}

/** Adds `/kk/if-it-continues` with its sisters; the same figures for programs: api/record-routes.ts. */
function addDemandPages(
  site: Hono,
  options: DemandSources & { readonly frame: Frame; readonly pictures: Pictures | undefined },
): void {
  const { frame, pictures } = options
  const find: ChartRoute['find'] = async (lang, c) => {
    const view = await demandsView(options)
    const one = view.demands.find(({ demand }) => demand.id === c.req.param('demand'))
    return one === undefined ? undefined : weeksChart(lang, view, one)
  }
  addPageChart(site, { pattern: 'weeks/:demand', find }, { frame, pictures })
  for (const lang of LANGS)
    site.get(`/${lang}/if-it-continues`, async (c) => {
      const view = await demandsView(options)
      const takes = new Map<string, Markup>()
      for (const one of view.demands)
        takes.set(one.demand.id, await takePageChart(lang, weeksChart(lang, view, one), { frame, pictures }))
      return answerPage(c, ifItContinuesPage(lang, { ...view, takes }), frame)
    })
}
