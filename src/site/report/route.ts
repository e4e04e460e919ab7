import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { incomingOf } from '../../web/request/request-body.ts'
import { regionSchema } from '../../core/model/region.ts'
import { problemSchema, sinceSchema, type GivenReport } from '../../core/model/people/report.ts'
import { parseAsn, type Asn } from '../../core/model/units.ts'
import { systemRandom } from '../../runtime/random.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { plainLines } from '../../core/text/plain-text.ts'
import type { Board } from '../now/board.ts'
import { BriefPages } from '../../web/answer/brief-pages.ts'
import { isForeign } from '../../web/request/foreign-page.ts'
import { readFormBody } from '../../web/request/form-body.ts'
import { reportPage, reportThanksPage } from './page/report.ts'
import {
  MOST_NOTE,
  NO_NETWORK,
  OTHER_SERVICE,
  REPORT_FIELDS,
  type ReportFormWord,
  type ReportField,
  type ReportFormView,
} from './page/form.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import type { ReportDesk } from './desk.ts'
import { answerForm, leadUnread, hasWork } from '../form-answer.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { visitorOf } from '../visitor.ts'

/** So much of a body is read: ten times the text that is taken, which then comes back to be made shorter. */
const MOST_BYTES = 64 * 1024
/** Of bodies that are being read at once. */
const ROOM_BYTES = 16 * 2 ** 20

/** Why a body could not be read: the form that says so is the same for everyone, and has its status. */
const UNREAD: ReadonlyMap<string, Shown['status']> = new Map(
  ([415, 422, 503] as const).map((status) => [String(status), status]),
)

/** The script of the form fetches a challenge from this site. */
interface Desk {
  readonly options: SiteOptions
  /** Networks to choose from; none where they cannot be read: a report is taken all the same. */
  readonly board: () => Promise<Pick<Board, 'networks' | 'simulated'>>
  readonly reports: ReportDesk
  readonly room: PostMemory
  /** Forms that come back with what was typed. */
  readonly brief: BriefPages<Shown>
}

/**
 * The form of trouble reports in every language (docs/formats/reports.md). Of a sender nothing is kept but what the
 * form asks, and nothing enters a log line. No post is answered with a page: a browser would keep on its disk what was
 * sent. Without a desk the page says how to write to us.
 */
export function addReportPages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { reports, frame, log } = options
  const boardOrNone = (): ReturnType<Desk['board']> =>
    board().catch((error: unknown) => {
      log.error({ error }, 'the networks of the form of reports could not be read')
      return { networks: [], simulated: false }
    })
  const room = new PostMemory(ROOM_BYTES)
  for (const lang of LANGS) {
    const addressOf = (name: string): string => urls.reportBack(lang, name)
    const brief = new BriefPages<Shown>({ clock: options.clock, random: systemRandom, addressOf })
    const desk: Desk | undefined =
      reports === undefined ? undefined : { options, board: boardOrNone, reports, room, brief }
    site.get(`/${lang}/report`, async (c) => {
      if (desk === undefined) return answerPage(c, reportPage(lang), frame)
      return showForm(c, desk, { lang, values: askedOf(c.req.query()), errors: [], status: 200 })
    })
    if (desk === undefined) continue
    site.get(`/${lang}/report/thanks`, async (c) =>
      answerPage(c, reportThanksPage(lang, (await desk.board()).simulated), frame),
    )
    site.get(urls.reportBack(lang, ':name'), (c) => {
      const name = c.req.param('name') ?? ''
      const status = UNREAD.get(name)
      if (status !== undefined)
        return showForm(c, desk, { lang, values: {}, errors: [], word: { kind: 'broken' }, status })
      const gone: Shown = { lang, values: {}, errors: [], word: { kind: 'gone' }, status: 410 }
      return showForm(c, desk, brief.find(name) ?? gone)
    })
    site.post(`/${lang}/report`, (c) => take(c, lang, desk))
  }
}

/** What the link to the form already says; a part that cannot be read is left out, and the reader chooses it. */
function askedOf(query: Readonly<Record<string, string>>): ReportFormView['values'] {
  const { service = '', network = '' } = query
  return {
    ...(/^[a-z][a-z0-9-]{0,62}$/.test(service) ? { service } : {}),
    ...(/^AS[1-9]\d{0,9}$/.test(network) ? { network } : {}),
  }
}

interface Shown {
  readonly lang: Lang
  readonly values: ReportFormView['values']
  readonly errors: readonly ReportField[]
  readonly word?: ReportFormWord
  /** 200 for a form that was not sent yet. */
  readonly status: 200 | 403 | 410 | 413 | 415 | 422 | 429 | 503
}

async function showForm(c: Context, { options, board, reports }: Desk, shown: Shown): Promise<Response> {
  const { lang, values, errors, word, status } = shown
  const { names, frame, visitor } = options
  const seen = visitorOf(c, visitor)
  const { networks, simulated } = await board()
  const view: ReportFormView = {
    ticket: reports.ticket(status !== 200 && status !== 410),
    values,
    errors,
    ...defined({ word }),
    services: names.services.map(({ id, name, tier = 'A' }) => ({ id, name, first: tier === 'A' })),
    ...(seen.kind === 'known' ? { found: { asn: seen.asn, name: names.networkName(seen.asn) ?? '' } } : {}),
    networks,
    simulated,
  }
  const wait = word?.kind === 'later' ? word.wait : undefined
  return answerForm(c, reportPage(lang, view), { frame, status, wait })
}

async function take(c: Context, lang: Lang, desk: Desk): Promise<Response> {
  const { options, reports, room, brief } = desk
  const body = await readFormBody(c, { room, most: MOST_BYTES })
  if (body.kind === 'unread') return leadUnread(c, urls.reportBack(lang, String(body.status)))
  const { fields: sent, isWhole } = body
  if (!isWhole) c.header('connection', 'close')
  const from = { socket: incomingOf(c)?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }
  const values = valuesOf(sent)
  const typed = Object.values(values).reduce((sum, text) => sum + text.length, 0)
  const back = (status: Shown['status'], word?: ReportFormWord, errors: Shown['errors'] = []): Response =>
    brief.answer(c, { lang, values, errors, status, ...defined({ word }) }, { typed, part: reports.partOf(from) })
  if (isForeign(c, options.frame)) return back(403, { kind: 'foreign' })
  const parsed = parseReport(values, { lang, options, networks: (await desk.board()).networks })
  if (parsed.kind === 'errors') return back(422, undefined, parsed.errors)
  if (!isWhole) return back(413, { kind: 'broken' })
  try {
    const worked = await hasWork(sent.get('work') ?? '', options.work, 'report')
    // A program fills in every field; a person who did it by mistake, without scripts, presses again.
    if ((sent.get('website') ?? '') !== '' && !worked) return back(422, { kind: 'again' })
    const taken = await reports.take({ report: parsed.report, ticket: sent.get('ticket') ?? undefined, worked }, from)
    switch (taken.kind) {
      case 'again':
        return back(422, taken)
      case 'later':
        return back(429, taken)
      case 'taken':
        c.header('cache-control', 'no-store')
        return c.redirect(urls.reportThanks(lang), 303)
    }
  } catch (error) {
    options.log.error({ error }, 'a trouble report could not be stored')
    return back(503, { kind: 'fault' })
  }
}

/** What was typed, bounded, so that it can be shown again. */
function valuesOf(sent: URLSearchParams): ReportFormView['values'] {
  const values: Partial<Record<ReportField, string>> = {}
  for (const field of REPORT_FIELDS) {
    const text = (sent.get(field) ?? '').slice(0, MOST_BYTES).toWellFormed()
    if (field !== 'note') values[field] = text.slice(0, 100)
    else values.note = plainLines(text)
  }
  return values
}

type Parsed =
  | { readonly kind: 'report'; readonly report: GivenReport }
  | { readonly kind: 'errors'; readonly errors: readonly ReportField[] }

interface Parts {
  readonly lang: Lang
  readonly options: SiteOptions
  readonly networks: Board['networks']
}

/** A field that was left empty is absent; one that is of no list of ours is an error at its place. */
function parseReport(values: ReportFormView['values'], { lang, options, networks }: Parts): Parsed {
  const { names } = options
  const known = values.service === OTHER_SERVICE || names.services.some(({ id }) => id === values.service)
  const problem = problemSchema.safeParse(values.problem)
  const since = sinceSchema.optional().safeParse(values.since === '' ? undefined : values.since)
  const region = regionSchema.optional().safeParse(values.region === '' ? undefined : values.region)
  const asn = networkOf(values.network ?? '', (one) => networks.some((network) => network.asn === one))
  const note = (values.note ?? '').trim()
  const errors: ReportField[] = [
    ...(known ? [] : ['service' as const]),
    ...(problem.success ? [] : ['problem' as const]),
    ...(since.success ? [] : ['since' as const]),
    ...(region.success ? [] : ['region' as const]),
    ...(asn === 'wrong' ? ['network' as const] : []),
    ...(note.length > MOST_NOTE ? ['note' as const] : []),
  ]
  if (!problem.success || !since.success || !region.success || asn === 'wrong' || errors.length > 0)
    return { kind: 'errors', errors }
  const report = {
    service: values.service ?? OTHER_SERVICE,
    problem: problem.data,
    ...defined({ since: since.data, region: region.data, asn }),
    ...(note === '' ? {} : { note }),
    lang,
  }
  return { kind: 'report', report }
}

/** The network that the person chose; 0 where it is said to be not known. */
function networkOf(value: string, isOffered: (asn: Asn) => boolean): Asn | undefined | 'wrong' {
  if (value === '') return undefined
  if (value === NO_NETWORK) return parseAsn(0)
  if (!/^AS\d{1,10}$/.test(value) || Number(value.slice(2)) > 0xffff_ffff) return 'wrong'
  const asn = parseAsn(value)
  return isOffered(asn) ? asn : 'wrong'
}
