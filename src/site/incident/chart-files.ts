import type { Hono } from 'hono'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { answerBytes } from '../api/respond-api.ts'
import { answerFile, answerPicture, type Pictures } from '../cards/pictures.ts'
import { EMBED_HEADERS } from '../embed/frame.ts'
import { twice } from '../take/chart-file.ts'
import { drawIncidentFile, incidentEmbed } from './page/take.ts'
import { takenKey } from './reviewed.ts'
import { incidentOf, type IncidentPagesOptions } from './route.ts'

const SVG_TYPE = 'image/svg+xml; charset=utf-8'

/** Adds the chart of an incident for other pages: to embed, and as a file of one revision. */
export function addChartFiles(site: Hono, options: IncidentPagesOptions, pictures: Pictures | undefined): void {
  for (const lang of LANGS) addIn(lang, site, { options, pictures })
}

interface ChartParts {
  readonly options: IncidentPagesOptions
  readonly pictures: Pictures | undefined
}

function addIn(lang: Lang, site: Hono, { options, pictures }: ChartParts): void {
  const { frame } = options
  site.get(`/${lang}/embed/i/:id`, async (c) => {
    const view = await incidentOf(lang, { id: c.req.param('id') }, options)
    if (view === undefined) return c.notFound()
    return answerBytes(c, String(await incidentEmbed(lang, view, frame)), EMBED_HEADERS)
  })
  if (pictures === undefined) return
  site.get(`/chart/${lang}/i/:file`, async (c) => {
    const [, id = '', revision = '', form] = /^(.{1,200})-([1-9]\d{0,5})\.(png|svg)$/.exec(c.req.param('file')) ?? []
    const view =
      form === undefined ? undefined : await incidentOf(lang, { id, revision }, { ...options, asPublished: true })
    if (view === undefined || (view.taken === undefined && view.drawings.length === 0)) return c.notFound()
    const draw = (): string => drawIncidentFile(lang, view, { frame, look: pictures })
    if (form === 'svg') return answerFile(c, new TextEncoder().encode(draw()), SVG_TYPE)
    const key = `chart ${lang} ${revision} ${takenKey(view.taken)} ${id}`
    return answerPicture(c, { key, kind: 'published', draw: async () => twice(draw()) }, { lang, frame, pictures })
  })
}
