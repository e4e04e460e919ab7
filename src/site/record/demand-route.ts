import type { Hono } from 'hono'
import { LANGS } from '../../core/text/lang.ts'
import { demandsView, type DemandSources } from './demand-view.ts'
import type { Frame } from '../../web/html/frame.ts'
import { ifItContinuesPage } from './page/if-it-continues.ts'
import { answerPage } from '../respond.ts'

/** Adds `/kk/if-it-continues` with its sisters; the same figures for programs: api/demand-route.ts. */
export function addDemandPages(site: Hono, options: DemandSources & { readonly frame: Frame }): void {
  for (const lang of LANGS)
    site.get(`/${lang}/if-it-continues`, async (c) =>
      answerPage(c, ifItContinuesPage(lang, await demandsView(options)), options.frame),
    )
}
