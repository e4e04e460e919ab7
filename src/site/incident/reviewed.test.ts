import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident, sampleStatements } from '../../../test/kit/evening/incident-sample.ts'
import { openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { reviewAt, type ReviewAct } from '../../core/model/incident/review.ts'
import type { Order, RowCorrection } from '../../core/model/tables/record.ts'
import { instant, millis, parseInstant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { formatMoment } from '../../core/text/moment.ts'
import { formatDateTime } from '../../core/text/time.ts'
import type { CardMaker } from '../cards/card-maker.ts'
import { codeOf } from '../code/codes.ts'
import { urls } from '../urls.ts'
import { reviewedIncidents, type SiteReviews } from './reviewed.ts'

const NOW = parseInstant('2026-03-20T12:00:00Z')
const INCIDENT = sampleIncident({ id: 'youtube-as64496-20260305T1502Z' })
const REASON = 'Оператор <b>хабарлады</b>: жоспарлы жұмыс.'

const act = (nth: number, more: Partial<ReviewAct> & Pick<ReviewAct, 'kind'>): ReviewAct => ({
  id: String(nth).padStart(32, '0'),
  incident: INCIDENT.id,
  revision: 1,
  role: 'editor',
  actor: 'ed-1',
  reason: REASON,
  lang: 'kk',
  at: instant(NOW - HOUR_MS),
  ...more,
})
const HOLD = act(1, { kind: 'hold', until: instant(NOW + DAY_MS) })
const WITHDRAWN = [
  act(2, { kind: 'withdraw' }),
  act(3, { kind: 'confirm', of: act(2, { kind: 'withdraw' }).id, role: 'lawyer', actor: 'law-2' }),
]

/** A whole site on which people have done this with the incident. */
async function ask(
  path: string,
  acts: readonly ReviewAct[],
  { revisions = [INCIDENT], cards }: { readonly revisions?: readonly Incident[]; readonly cards?: CardMaker } = {},
): Promise<Response> {
  const journal = memoryIncidents(revisions)
  const reviews: SiteReviews = {
    of: (id) => reviewAt(id === INCIDENT.id ? acts : [], NOW),
    all: () => (acts.length === 0 ? [] : [{ incident: INCIDENT.id, review: reviewAt(acts, NOW) }]),
    journal,
  }
  const site = await sampleSite({
    incidents: reviewedIncidents(journal, reviews),
    reviews,
    ...defined({ cards }),
    clock: { now: () => NOW, monotonic: () => millis(0) },
  })
  return site.request(path)
}
const read = async (...asked: Parameters<typeof ask>): Promise<string> => (await ask(...asked)).text()

describe("a person's review on the pages", () => {
  it('is next to the revision in three languages, with its reason as text in its own language', async () => {
    for (const lang of LANGS) {
      const page = await read(urls.incident(lang, INCIDENT.id), [act(1, { kind: 'note' }), act(2, { kind: 'dispute' })])
      assert.ok(page.includes(say(lang, 'review.title')) && page.includes(say(lang, 'review.standing.disputed')))
      assert.ok(page.includes(say(lang, 'review.act.note')) && page.includes(say(lang, 'review.role.editor')))
      assert.ok(page.includes('<span lang="kk">Оператор &lt;b&gt;хабарлады&lt;/b&gt;: жоспарлы жұмыс.</span>'))
      assert.match(page, /class="warn"[^>]*>\s*[^<]*20/)
      const without = await read(urls.incident(lang, INCIDENT.id), [])
      assert.ok(without.includes(say(lang, 'review.none')) && !without.includes('id="act-'))
    }
  })

  it('never changes the revision, its hash or its weight', async () => {
    const canonical = async (acts: readonly ReviewAct[]): Promise<string> => read(urls.apiIncident(INCIDENT.id), acts)
    const digest = (page: string): string => /[0-9a-f]{64}/.exec(page.slice(page.indexOf('id="cite"')))?.[0] ?? ''
    const plain = await read(urls.incident('en', INCIDENT.id), [])
    const header = async (acts: readonly ReviewAct[]): Promise<string | null> =>
      (await ask(urls.apiIncident(INCIDENT.id), acts)).headers.get('x-kuager-review')
    assert.deepEqual([await header([]), await header([HOLD]), await header(WITHDRAWN)], [null, 'held', 'withdrawn'])
    for (const acts of [[HOLD], WITHDRAWN]) {
      assert.equal(await canonical(acts), await canonical([]))
      const page = await read(urls.incident('en', INCIDENT.id), acts)
      assert.equal(digest(page), digest(plain))
      const weight = (text: string): string => /<table class="we"[\s\S]*?<\/table>/.exec(text)?.[0] ?? 'none'
      assert.equal(weight(page), weight(plain))
    }
  })

  it('takes an incident on hold out of lists, and names it with its page', async () => {
    for (const lang of LANGS) {
      const list = await read(urls.incidents(lang), [HOLD])
      assert.ok(list.includes(say(lang, 'review.held-list')))
      assert.equal(list.split(`href="${urls.incident(lang, INCIDENT.id)}"`).length - 1, 1)
      const page = await read(urls.incident(lang, INCIDENT.id), [HOLD])
      assert.ok(page.includes(say(lang, 'review.notice.alone')) && !page.includes(say(lang, 'incident.quotation')))
    }
    assert.ok(!(await read(urls.apiList('incidents'), [HOLD])).includes(INCIDENT.id))
    // A hold that was not confirmed has lapsed the next day.
    const lapsed = [{ ...HOLD, at: instant(NOW - 2 * DAY_MS) }]
    assert.ok((await read(urls.feed('en'), lapsed)).includes(INCIDENT.id))
    assert.ok(!(await read(urls.feed('en'), lapsed)).includes('paused for review'))
    assert.ok((await read(urls.incident('en', INCIDENT.id), lapsed)).includes(say('en', 'review.state.lapsed')))
  })

  it('says in every form that was handed out that it is on hold or withdrawn, since when and why', async () => {
    const cards = openCardMaker()
    let drawn = ''
    const asked = async (path: string, acts: readonly ReviewAct[]): Promise<string> => {
      drawn = ''
      const maker = {
        ...cards,
        raster: (svg: string) => {
          drawn = svg.replaceAll(/<\/text><text[^>]*>/g, ' ')
          return cards.raster(svg)
        },
      }
      const response = await ask(path, acts, { cards: maker })
      assert.equal(response.status, 200, path)
      // What shows a conclusion is asked for again soon after a withdrawal.
      assert.match(response.headers.get('cache-control') ?? '', /^(?:no-cache|public, max-age=60)$/, path)
      const text = await response.text()
      return (drawn === '' ? text.replaceAll(/<\/text><text[^>]*>/g, ' ') : drawn)
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll(/\s+/g, ' ')
    }
    const code = await codeOf(INCIDENT)
    for (const lang of LANGS)
      for (const path of [
        urls.incidentEmbed(lang, INCIDENT.id),
        urls.incidentCard(lang, INCIDENT.id, 1),
        urls.incidentChart(lang, INCIDENT.id, 1, 'png'),
        urls.incidentChart(lang, INCIDENT.id, 1, 'svg'),
        urls.incidentText(lang, INCIDENT.id),
        urls.code(lang, code),
        urls.feed(lang),
        urls.feedOfEpisodes(lang),
      ])
        for (const [acts, headline] of [
          [[HOLD], say(lang, 'review.taken.headline', { service: 'YouTube' })],
          [WITHDRAWN, say(lang, 'incident.past.withdrawn', { service: 'YouTube' })],
        ] as const) {
          const text = await asked(path, acts)
          const since = formatDateTime(lang, acts.at(-1)?.at ?? NOW).replaceAll(/\s+/g, ' ')
          // The text of a withdrawn one is its quotation, which has words of its own.
          assert.ok((acts === WITHDRAWN && path.endsWith('.txt')) || text.includes(headline), `${path} ${headline}`)
          assert.ok(text.includes(since), `${path}: ${since}`)
          assert.ok(text.includes('Оператор <b>хабарлады</b>: жоспарлы жұмыс'), path)
          assert.ok(!text.includes(say(lang, 'code.revision-newest')), path)
          assert.ok(!text.includes(say(lang, 'incident.verdict.blocking')), path)
        }
  })

  it('shows what two people withdrew as withdrawn, with their reason, everywhere', async () => {
    for (const lang of LANGS) {
      const page = await read(urls.incident(lang, INCIDENT.id), WITHDRAWN)
      assert.ok(page.includes(say(lang, 'review.standing.withdrawn')))
      assert.ok(page.includes(say(lang, 'incident.past.withdrawn', { service: 'YouTube' })))
      assert.ok(page.includes(say(lang, 'incident.not-withdrawn')))
      assert.match(
        await read(urls.incidentText(lang, INCIDENT.id), WITHDRAWN),
        /Оператор <b>хабарлады<\/b>: жоспарлы жұмыс\. /,
      )
    }
    const listed = JSON.parse(await read(urls.apiList('incidents'), WITHDRAWN)) as {
      incidents: { withdrawn: boolean }[]
    }
    assert.deepEqual(
      listed.incidents.map(({ withdrawn }) => withdrawn),
      [true],
    )
    const alone = WITHDRAWN.slice(0, 1)
    const page = await read(urls.incident('en', INCIDENT.id), alone)
    assert.ok(page.includes(say('en', 'review.state.waits')) && !page.includes('Two reviewers have withdrawn'))
  })

  it('marks each revision in the list of corrections, and leaves out those of an incident on hold', async () => {
    const later = { ...INCIDENT, revision: 2, revisedAt: instant(NOW - 2 * HOUR_MS), reason: 'late-data' as const }
    const askBoth = (path: string, acts: readonly ReviewAct[]): Promise<string> =>
      read(path, acts, { revisions: [INCIDENT, later] })
    for (const lang of LANGS) {
      assert.ok((await askBoth(urls.corrections(lang), [])).includes(`${INCIDENT.id}-2`))
      assert.ok(!(await askBoth(urls.corrections(lang), [HOLD])).includes(`${INCIDENT.id}-2`))
      const page = await askBoth(urls.corrections(lang), WITHDRAWN)
      assert.ok(page.includes(say(lang, 'review.standing.withdrawn')))
      assert.ok(page.includes(say(lang, 'incident.reason.late-data')), 'the reason of the revision stays')
      assert.ok(page.includes(say(lang, 'edition.unchanged')), 'the revision itself changed nothing')
    }
    const rows = async (acts: readonly ReviewAct[]): Promise<unknown> =>
      (
        JSON.parse(await askBoth('/api/v1/corrections', acts)) as { corrections: { withdrawn: boolean }[] }
      ).corrections.map(({ withdrawn }) => withdrawn)
    assert.deepEqual([await rows([]), await rows([HOLD]), await rows(WITHDRAWN)], [[false], [], [true]])
  })

  it('is itself a correction: a first revision on hold or withdrawn is listed, since when and why', async () => {
    for (const lang of LANGS)
      for (const acts of [[HOLD], WITHDRAWN]) {
        const page = await read(urls.corrections(lang), acts)
        const [kind, since] = [acts[0]?.kind ?? 'note', acts.at(-1)?.at ?? NOW] as const
        assert.ok(page.includes(urls.incident(lang, INCIDENT.id)), `${lang} ${kind}`)
        assert.ok(page.includes(say(lang, `review.act.${kind}`)), kind)
        assert.ok(page.includes(`<b>${formatDateTime(lang, since)}</b>`))
        assert.ok(page.includes('<span lang="kk">Оператор &lt;b&gt;хабарлады&lt;/b&gt;: жоспарлы жұмыс.</span>'))
        assert.ok(!page.includes(say(lang, 'corrections.none')))
        // Of what is on hold nothing is passed on.
        assert.ok(!page.includes(say(lang, 'incident.verdict.blocking')))
      }
    const listed = async (acts: readonly ReviewAct[]): Promise<unknown> =>
      (
        JSON.parse(await read('/api/v1/corrections', acts)) as {
          acts: { incident: string; act: string; state: string; reason: string }[]
        }
      ).acts.map((one) => [one.incident, one.act, one.state, one.reason])
    assert.deepEqual(await listed([HOLD]), [[INCIDENT.id, 'hold', 'in-force', REASON]])
    assert.deepEqual(await listed(WITHDRAWN), [[INCIDENT.id, 'withdraw', 'in-force', REASON]])
    const over = act(4, { kind: 'lift', of: act(2, { kind: 'withdraw' }).id, at: NOW })
    assert.deepEqual(await listed([...WITHDRAWN, over]), [[INCIDENT.id, 'withdraw', 'lifted', REASON]])
    // One person alone took nothing back, and a note or a dispute takes nothing.
    for (const none of [WITHDRAWN.slice(0, 1), [act(1, { kind: 'note' }), act(2, { kind: 'dispute' })]]) {
      assert.deepEqual(await listed(none), [])
      assert.ok((await read(urls.corrections('en'), none)).includes(say('en', 'corrections.none')))
    }
  })

  it('stands next to corrections of public statements and legal acts, in three languages and for programs', async () => {
    const words = (text: string): RowCorrection['what'] => ({ kk: `kk ${text}`, ru: `ru ${text}`, en: `en ${text}` })
    const correction = { at: '2026-03-18', what: words('day was 5 March'), why: words('source read again') }
    const [statement] = sampleStatements
    assert.ok(statement !== undefined)
    const order: Order = {
      ...{ id: 'sample-order', scope: [], title: words('list'), number: '1-2', textHeld: false },
      ...{ source: statement.source, corrected: [{ ...correction, at: '2026-03-19' }] },
    }
    const record = {
      ...{ events: [], simulated: true, orders: [order] },
      statements: [{ ...statement, corrected: [correction] }],
    }
    const site = await sampleSite({ record, incidents: memoryIncidents([INCIDENT]) })
    for (const lang of LANGS) {
      const page = await (await site.request(urls.corrections(lang))).text()
      const places = [urls.order(lang, order.id), urls.claims(lang, statement.id)].map((link) => page.indexOf(link))
      assert.ok((places[0] ?? -1) > 0 && (places[0] ?? 0) < (places[1] ?? 0), 'newest first')
      assert.ok(page.includes(correction.what[lang]) && page.includes(correction.why[lang]))
      assert.ok(page.includes(formatMoment(lang, correction.at)))
    }
    const answer = (await (await site.request('/api/v1/corrections')).json()) as { record: unknown }
    assert.deepEqual(answer.record, [
      { kind: 'order', id: order.id, simulated: false, ...correction, at: '2026-03-19' },
      { kind: 'statement', id: statement.id, simulated: true, ...correction },
    ])
  })

  it('is given to programs with what is in force', async () => {
    const answer = JSON.parse(await read('/api/v1/reviews', WITHDRAWN)) as {
      reviews: { standing: string; acts: { act: string; state: string; confirmed: { actor: string } | null }[] }[]
    }
    assert.deepEqual(
      answer.reviews.map(({ standing, acts }) => [standing, acts.map(({ act: kind, state }) => `${kind} ${state}`)]),
      [['withdrawn', ['withdraw in-force', 'confirm done']]],
    )
    assert.equal(answer.reviews[0]?.acts[0]?.confirmed?.actor, 'law-2')
    assert.deepEqual(JSON.parse(await read('/api/v1/reviews?incident=other', WITHDRAWN)), {
      simulated: false,
      reviews: [],
    })
  })
})
