import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FIRST_NAMES, FIRST_NOW, firstIncidents, firstRows, OWN } from '../../../test/kit/evening/first-sample.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn, type Asn } from '../../core/model/units.ts'
import type { RecentSeries } from '../../store/warehouse/contract.ts'
import { LANGS } from '../../core/text/lang.ts'
import { firstMidnight, makeBoard, type Board } from '../now/board.ts'
import { checkView } from '../check/view.ts'
import { firstView } from './view.ts'
import { answerLead, answerText } from './page/answer.ts'
import { runningNow } from './page/matrix.ts'

type Kinds = Partial<RecentSeries['kinds']>

const seen = (service: string, kinds: Kinds, asn: Asn = OWN): RecentSeries => {
  const all = { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0, ...kinds }
  const devices = Object.values(all).reduce((sum, n) => sum + n)
  return { service, asn, kinds: all, devices, measurements: devices, latest: FIRST_NOW }
}
const board = (recent: readonly RecentSeries[], incidents: readonly Incident[] = []): Board =>
  makeBoard({
    asOf: FIRST_NOW,
    simulated: true,
    newest: FIRST_NOW,
    since: firstMidnight(FIRST_NOW),
    recent,
    measured: recent.map(({ service, asn }) => ({
      service,
      asn,
      day: 29,
      measured: 1,
      unreached: 0,
      unsettled: 0,
      measurements: 1,
      latest: FIRST_NOW,
    })),
    incidents,
    names: FIRST_NAMES,
  })
const USED = ['youtube', 'whatsapp', 'instagram', 'telegram', 'tiktok', 'facebook']
const opens = (...but: readonly string[]): readonly RecentSeries[] =>
  USED.filter((service) => !but.includes(service)).map((service) => seen(service, { reachable: 3 }))
const [YOUTUBE, , , INSTAGRAM, TIKTOK] = firstIncidents().slice(-5) as [
  Incident,
  Incident,
  Incident,
  Incident,
  Incident,
]

const own = { kind: 'network', asn: OWN } as const
const text = (one: Board, choice: Parameters<typeof firstView>[1]['choice'] = own): readonly string[] => {
  const view = firstView(one, { lang: 'en', choice, names: FIRST_NAMES })
  return [answerText('en', view), answerLead('en', view)]
}

describe('the heading of the first screen', () => {
  it('names one service that does not open, and says more only where the data carry it', () => {
    assert.deepEqual(text(board(opens('youtube'), [YOUTUBE])), [
      'YouTube does not open on your network now.',
      'Others on this network see it too. Other services open.',
    ])
    assert.deepEqual(text(board([], [{ ...YOUTUBE, probesFailed: 1 }])), [
      'YouTube does not open on your network now.',
      '',
    ])
    assert.deepEqual(text(board(opens(), [YOUTUBE, TIKTOK])), [
      'YouTube does not open on your network now.',
      'Others on this network see it too. Some services open.',
    ])
  })

  it('says that the others open only where each of them was measured and does', () => {
    const lead = 'Others on this network see it too. Some services open.'
    assert.equal(text(board(opens('youtube', 'telegram'), [YOUTUBE]))[1], lead)
    const torn = seen('telegram', { interfered: 2, reachable: 2 })
    assert.equal(text(board([...opens('youtube', 'telegram'), torn], [YOUTUBE]))[1], lead)
    assert.equal(text(board([seen('telegram', { reachable: 4 })], [YOUTUBE]))[1], lead)
    assert.equal(text(board([], [YOUTUBE]))[1], 'Others on this network see it too.')
  })

  it('lists several of the worst state', () => {
    const two = board(opens(), [YOUTUBE, { ...INSTAGRAM, state: 'restricted' }])
    assert.equal(text(two)[0], 'On your network these do not open now: YouTube, Instagram.')
    assert.equal(text(board(opens(), [TIKTOK]))[0], 'TikTok opens slowly on your network now.')
    assert.equal(text(board(opens(), [INSTAGRAM, TIKTOK]))[0], 'Instagram opens only in part on your network now.')
  })

  it('speaks of a service beyond the six where it is restricted', () => {
    const signal = { ...YOUTUBE, service: 'signal' }
    assert.equal(text(board(opens(), [signal]))[0], 'Signal does not open on your network now.')
  })

  it('says "opens" of all six only where all six were measured', () => {
    assert.deepEqual(text(board(opens())), ['The most used services open on your network now.', ''])
    assert.deepEqual(text(board([...opens('telegram', 'facebook'), seen('telegram', { interfered: 1 })])), [
      'No restriction seen on your network now.',
      'Not determined: Telegram. No data: Facebook.',
    ])
  })

  it('tells no data from what could not be determined', () => {
    const elsewhere = seen('youtube', { reachable: 4 }, parseAsn(64501))
    assert.deepEqual(text(board([elsewhere])), [
      'No data about your network now.',
      'No data does not mean that it opens. You can measure yourself.',
    ])
    assert.equal(
      text(board([elsewhere], [{ ...YOUTUBE, asn: parseAsn(64501) }]))[1],
      'No data does not mean that it opens. You can measure yourself. Not opening on some other networks: YouTube.',
    )
    const torn = board([seen('youtube', { interfered: 2, reachable: 2 })])
    assert.equal(text(torn)[0], 'We cannot tell what is happening on your network now.')
  })

  it('claims no present state where nothing was measured for three hours', () => {
    assert.deepEqual(text(board([])), [
      'Nothing was measured in the last three hours.',
      'We do not know what is happening now. Last measurement: 5\u00a0March 2026, 21:10.',
    ])
  })

  it('counts the networks where all of them are asked for', () => {
    const more = [1, 2, 3].map((n) => seen('youtube', { reachable: 2 }, parseAsn(64500 + n)))
    assert.deepEqual(text(board([...more, ...opens('youtube')], [YOUTUBE]), { kind: 'all' }), [
      'YouTube does not open on some networks now.',
      'Networks affected: 1\u00a0of\u00a04. Other services open.',
    ])
    const partly = { ...YOUTUBE, id: 'partly', asn: parseAsn(64501), state: 'partly-restricted' } as const
    assert.deepEqual(text(board([...more, ...opens('youtube')], [YOUTUBE, partly]), { kind: 'all' }), [
      'YouTube does not open on some networks now.',
      'Networks affected: 1\u00a0of\u00a04. Other services open.',
    ])
  })

  it('is worded in every language', () => {
    for (const lang of LANGS)
      for (const one of [board([]), board(opens()), board(opens(), [YOUTUBE]), board(opens(), firstIncidents())]) {
        const view = firstView(one, { lang, choice: own, names: FIRST_NAMES })
        assert.match(answerText(lang, view), /\.$/, lang)
      }
  })
})

describe('firstView()', () => {
  it('tells the newest measurement of the network that it speaks of', () => {
    const older = { ...seen('youtube', { reachable: 2 }), latest: instant(FIRST_NOW - 7_200_000) }
    const elsewhere = seen('youtube', { reachable: 2 }, parseAsn(64501))
    const newest = (list: readonly RecentSeries[], choice: Parameters<typeof firstView>[1]['choice']): unknown =>
      firstView(board(list), { lang: 'en', choice, names: FIRST_NAMES }).newest
    assert.equal(newest([older, elsewhere], own), older.latest)
    assert.equal(newest([older, elsewhere], { kind: 'all' }), FIRST_NOW)
    assert.equal(newest([elsewhere], own), undefined)
  })

  it('puts the own network first and shows twelve', () => {
    const many = Array.from({ length: 60 }, (_, n) => seen('youtube', { reachable: 60 - n }, parseAsn(65000 + n)))
    const view = firstView(board([...many, ...opens()]), { lang: 'kk', choice: own, names: FIRST_NAMES })
    assert.equal(view.networks[0]?.asn, OWN)
    assert.equal(view.networks.length, 12)
    assert.equal(new Set(view.networks.map(({ asn }) => asn)).size, 12)
    assert.ok(view.matrix.every(({ cells }) => cells.length === 12))
  })

  it('shows the page of a network that was never measured', () => {
    const view = firstView(board(opens()), {
      lang: 'kk',
      choice: { kind: 'network', asn: parseAsn(65551) },
      names: FIRST_NAMES,
    })
    assert.equal(view.answer.kind, 'none')
    assert.ok(view.rows.every(({ state }) => state === 'none'))
  })

  it('leaves the incident of insufficient evidence out of the sentences', () => {
    const view = firstView(board([], [{ ...YOUTUBE, state: 'insufficient' }]), {
      lang: 'kk',
      choice: own,
      names: FIRST_NAMES,
    })
    assert.deepEqual([view.rows[0]?.state, view.rows[0]?.incident], ['unkn', undefined])
  })
})

describe('is it only me?', () => {
  const end = (one: Board) => checkView(one, { choice: own, names: FIRST_NAMES }).found?.end

  it('says since when others see the same, of one service', () => {
    assert.deepEqual(end(board(opens(), [YOUTUBE])), {
      kind: 'same',
      services: ['YouTube'],
      since: YOUTUBE.start.median,
    })
    assert.deepEqual(end(board(opens(), [YOUTUBE, TIKTOK])), { kind: 'same', services: ['YouTube', 'TikTok'] })
  })

  it('does not take the one device of an incident for others', () => {
    assert.deepEqual(end(board([], [{ ...YOUTUBE, probesFailed: 1 }])), { kind: 'unknown' })
  })

  it('points at the reader only where all six open for two devices at least', () => {
    assert.deepEqual(end(board(opens())), { kind: 'yours' })
    assert.deepEqual(end(board([...opens('tiktok'), seen('tiktok', { reachable: 1 })])), {
      kind: 'partly',
      services: ['TikTok'],
    })
    assert.deepEqual(end(board([])), { kind: 'unknown' })
  })

  it('points at the service where it is unreachable on other networks too', () => {
    const here = seen('telegram', { unreachable: 3 })
    const there = (kinds: Kinds) => seen('telegram', kinds, parseAsn(64501))
    assert.deepEqual(end(board([here, there({ unreachable: 5 })])), { kind: 'service', services: ['Telegram'] })
    assert.deepEqual(end(board([here, there({ reachable: 5 })])), { kind: 'unknown' })
    assert.deepEqual(end(board([here])), { kind: 'unknown' })
  })

  it('counts devices of this network and of the others apart', () => {
    const one = board([
      seen('youtube', { reachable: 3, interfered: 1 }),
      { ...seen('youtube', { reachable: 7 }, parseAsn(64501)), devices: 0 },
    ])
    const [row] = checkView(one, { choice: own, names: FIRST_NAMES }).found?.rows ?? []
    assert.deepEqual(row?.here, { opened: 3, total: 4, unit: 'devices' })
    assert.deepEqual(row?.elsewhere, { opened: 7, total: 7, unit: 'measurements' })
  })

  it('asks for a network where none is known', () => {
    assert.equal(checkView(board([]), { choice: { kind: 'all' }, names: FIRST_NAMES }).found, undefined)
    assert.ok(firstRows().length > 0)
  })
})

describe('what continues, on the first screen', () => {
  const rows = async (incidents: readonly Incident[], episode: readonly Incident[]): Promise<readonly string[]> => {
    const [first] = episode
    const episodes =
      first === undefined
        ? []
        : [
            {
              id: `episode-${first.id}`,
              incidents: episode.map(({ id }) => id),
              services: [],
              asns: [],
              start: first.start,
              end: first.end,
              rule: { services: [], asns: [], exact: false },
            },
          ]
    const view = firstView({ ...board(opens(), incidents), episodes }, { lang: 'en', choice: own, names: FIRST_NAMES })
    const html = (await runningNow('en', view)).toString().replaceAll(/\s+/g, ' ')
    return html.split('<tr data-start').slice(1)
  }
  const twelve = Array.from({ length: 12 }, (_, nth): Incident => ({
    ...YOUTUBE,
    id: `one-${nth}`,
    asn: parseAsn(64496 + nth),
  }))

  it('is one row for an episode, which says how many of its ongoing incidents have the conclusion', async () => {
    const [row = '', ...others] = await rows(twelve, twelve)
    assert.equal(others.length, 0)
    assert.match(row, /href="\/en\/e\/episode-one-0">YouTube\. Networks: 12</)
    assert.match(row, /ongoing incidents: 12 of 12/)
  })

  it('leaves nothing that continues to another page, and names a single one as itself', async () => {
    const all = await rows(twelve, [])
    assert.equal(all.length, 12)
    for (const row of all) assert.match(row, /href="\/en\/i\/one-\d+">YouTube, /)
    assert.doesNotMatch(all.join(''), /ongoing incidents/)
    const mixed = await rows(twelve, twelve.slice(0, 10))
    assert.equal(mixed.length, 3)
  })
})
