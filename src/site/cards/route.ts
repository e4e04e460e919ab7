import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { serviceName } from '../../core/text/names.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { takenIncident, type TakenIncident } from '../../core/model/incident/review.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatDateTime, formatOffset } from '../../core/text/time.ts'
import type { CellAt } from '../now/cell-at.ts'
import type { CardProof } from './card-frame.ts'
import { incidentCard } from './incident-card.ts'
import { answerPicture, type Picture, type Pictures } from './pictures.ts'
import { serviceCard } from './service-card.ts'
import { codeOf, readMinute, serviceCode } from '../code/codes.ts'
import { axisOf } from '../incident/around.ts'
import { NO_REVIEWS, takenKey } from '../incident/reviewed.ts'
import { named } from '../incident/route.ts'
import { publicUrl, type Frame } from '../../web/html/frame.ts'
import { placeCode, placesAt } from '../place/state.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'

/** Address that a code is read at, without the code: what stands before it on a card. */
function proofOf(lang: Lang, frame: Frame, code: string): CardProof {
  return frame.origin === undefined ? { code } : { code, address: publicUrl(frame, urls.code(lang, '')) }
}

/** What a state rests on: probes, or measurements where none is named, or those of the incident that it comes from. */
export function behind(lang: Lang, { devices, measurements, incident }: CellAt): string {
  if (devices > 0) return say(lang, 'card.probes', { count: devices })
  if (measurements === 0 && incident !== undefined)
    return incident.probes === 0 ? '' : say(lang, 'card.probes', { count: incident.probes })
  return say(lang, 'card.measurements', { count: measurements })
}

/** Adds the share cards as PNG of 1200 by 630: of each revision of an incident, and of a service at a minute. */
export function addCardPages(site: Hono, options: SiteOptions, pictures: Pictures | undefined): void {
  const { incidents, clock } = options
  if (pictures === undefined) return
  for (const lang of LANGS) {
    const answer = async (c: Context, picture: Picture): Promise<Response> =>
      answerPicture(c, picture, { lang, frame: options.frame, pictures })
    if (incidents !== undefined)
      site.get(`/card/${lang}/i/:file`, async (c) => {
        const match = /^(.{1,200})-([1-9]\d{0,5})\.png$/.exec(c.req.param('file'))
        if (match === null) return c.notFound()
        const revisions = await incidents.revisions(match[1] ?? '')
        const incident = revisions.find(({ revision }) => revision === Number(match[2]))
        if (incident === undefined) return c.notFound()
        const taken = takenIncident(revisions.at(-1), (options.reviews ?? NO_REVIEWS).of(incident.id))
        // Not by its address: letters of one picture's name can be written in a thousand ways.
        const key = `${lang} ${incident.revision} ${takenKey(taken)} ${incident.id}`
        const of = { incident, ...defined({ taken }) }
        return answer(c, { key, kind: 'published', draw: () => drawIncident(lang, of, options, pictures) })
      })
    site.get(`/card/${lang}/s/:file`, async (c) => {
      const match = /^([a-z][a-z0-9-]{0,62})-(\d{8}T\d{4}Z)\.png$/.exec(c.req.param('file'))
      const [service, at] = [match?.[1] ?? '', readMinute(match?.[2] ?? '')]
      const known = options.names.services.some(({ id }) => id === service)
      if (!known || at === undefined || at > clock.now()) return c.notFound()
      const key = `${lang} at ${at} ${service}`
      return answer(c, { key, kind: 'made-up', draw: () => drawService(lang, { service, at }, options, pictures) })
    })
  }
}

async function drawIncident(
  lang: Lang,
  { incident, taken }: { readonly incident: Incident; readonly taken?: TakenIncident },
  options: SiteOptions,
  { fonts }: Pictures,
): Promise<string> {
  const { warehouse, names, frame } = options
  const axis = await axisOf(lang, incident, {
    readings: (service, asn, period) => warehouse.readings(service, asn, period),
    record: undefined,
    // The picture of a revision stays what it was: what arrived later is on the page.
    of: { published: incident, isNewest: false },
  })
  const proof = proofOf(lang, frame, await codeOf(incident))
  return incidentCard(lang, { ...named(incident, names), ...defined({ axis, taken }), proof }, fonts)
}

async function drawService(
  lang: Lang,
  { service, at }: { readonly service: string; readonly at: Instant },
  options: SiteOptions,
  { fonts }: Pictures,
): Promise<string> {
  const places = await placesAt({ service }, at, options)
  const code = serviceCode(service, at, await placeCode(places))
  return serviceCard(
    lang,
    {
      serviceName: serviceName(options.names, service),
      at: say(lang, 'card.at', { at: formatDateTime(lang, at), offset: formatOffset(at) }),
      rows: places.rows.map((row) => ({
        state: row.state,
        network: options.names.networkName(row.asn) ?? `AS${row.asn}`,
        number: `AS${row.asn}`,
        behind: behind(lang, row),
      })),
      simulated: places.simulated,
      proof: proofOf(lang, options.frame, code),
    },
    fonts,
  )
}
