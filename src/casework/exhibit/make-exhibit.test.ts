import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import { SAMPLE_KINDS, sampleCause, sampleIncident, sampleReadings } from '../../../test/kit/evening/incident-sample.ts'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { CAUSE_ITEMS, type CauseItem, type WeighedItem } from '../../core/model/incident/cause.ts'
import { instant } from '../../core/model/units.ts'
import { reviewAt, type ReviewAct } from '../../core/model/incident/review.ts'
import { itemName, itemSentence } from '../../core/text/sentence/cause.ts'
import { say } from '../../core/text/format.ts'
import { itemsAgainst } from '../../core/text/sentence/incident-verdict.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { spansIn } from '../../documents/paper.ts'
import { openPress } from '../../documents/typst/compile.ts'
import type { Attachment } from '../../documents/typst/set-paper.ts'
import { ROOMS, type ExhibitFinding } from './finding.ts'
import { exhibitPaper, makeExhibit, MOST_PAGES } from './make-exhibit.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const [WIDE] = ROOMS
const wordsOf = (lang: Lang, finding: ExhibitFinding, room = WIDE): string =>
  room === undefined
    ? ''
    : spansIn(exhibitPaper(lang, finding, room))
        .map((span) => ('text' in span ? span.text : 'what' in span ? span.what : ''))
        .join('\n')

/** A weight with sixty items, thirty a side, and every outcome unseen. */
function crowded(): ExhibitFinding['incident']['cause'] {
  const names = Object.keys(CAUSE_ITEMS).filter((item): item is CauseItem => item in CAUSE_ITEMS)
  const items = Array.from({ length: 60 }, (_, at): WeighedItem => {
    const item = names[at % names.length] ?? 'pair'
    return {
      item,
      outcome: CAUSE_ITEMS[item][0],
      log10Lr: (at % 2 === 0 ? 1 : -1) * (0.1 + at / 20),
      alone: { log10Lr: 1, lo95: 0.1, hi95: 2 },
      count: { k: 123_456, n: 234_567, probes: 3456 },
      source: 'series',
    }
  })
  const unseen = names.map((item) => ({
    item,
    after: CAUSE_ITEMS[item].map((outcome) => ({ outcome, log10Lr: -3, word: 'fault' as const })),
  }))
  return sampleCause({ items, unseen })
}

const DAY = 24 * 3_600_000
/** Acts on the incident of the sample, the last of them a hold. */
const acts = (count: number, reason: string): readonly ReviewAct[] =>
  Array.from({ length: count }, (_, nth) => ({
    ...{ id: String(nth).padStart(32, '0'), incident: sampleIncident().id, revision: 1, role: 'editor', lang: 'en' },
    ...{ kind: nth === count - 1 ? 'hold' : 'note', actor: `ed-${nth}`, reason },
    at: instant(Date.UTC(2026, 2, 6) + nth * 1000),
    ...(nth === count - 1 ? { until: instant(Date.UTC(2026, 2, 6) + 3 * DAY) } : {}),
  }))
const reviewed = (count: number, reason: string): ExhibitFinding['review'] =>
  reviewAt(acts(count, reason), instant(Date.UTC(2026, 2, 6) + 60_000))

/** The largest of everything, with names as long as anyone could give. */
function worst(): ExhibitFinding {
  const base = sampleFinding()
  const name = 'Өте ұзақ атауы бар байланыс операторы '.repeat(9)
  const at = (minutes: number): ReturnType<typeof instant> => instant(Date.UTC(2026, 2, 5) + minutes * 60_000)
  return sampleFinding({
    id: `kuager-${'x'.repeat(92)}`,
    review: reviewed(40, 'A reason that is long, and says why in as many words as the form takes. '.repeat(6)),
    serviceName: name,
    networkName: name,
    incident: sampleIncident({
      cause: crowded(),
      gaps: Array.from({ length: 80 }, (_, gap) => ({
        from: at(gap * 10),
        until: at(gap * 10 + 9),
        couldHideMinutes: 9,
      })),
      episodes: 9,
      pOneEpisode: 0.1,
    }),
    targets: Array.from({ length: 60 }, (_, target) => `${'host'.repeat(15)}${target}.example.org`),
    software: Array.from({ length: 60 }, (_, version) => ({ name: `${'probe'.repeat(20)} ${version}`, count: 1 })),
    compared: Array.from({ length: 100 }, (_, network) => ({
      kind: 'network' as const,
      name: `${name} ${network}`,
      devices: 1234,
      measured: 123_456,
      failed: 12_345,
    })),
    operator: {
      name: { kk: name, ru: name, en: name },
      seat: { kk: name, ru: name, en: name },
      funders: Array.from({ length: 40 }, () => ({ name: { kk: name, ru: name, en: name }, since: '2026' })),
      interests: Array.from({ length: 40 }, () => ({ kk: name, ru: name, en: name })),
      contacts: [{ kind: 'web', value: 'https://observatory.example' }],
      confirmed: '2026-03-01',
    },
    log: {
      ...base.log,
      origin: `log.${'y'.repeat(250)}`,
      keys: [`log.${'y'.repeat(250)}+f301a76d+${'A'.repeat(44)}`],
      stamps: Array.from({ length: 40 }, (_, stamp) => ({
        authority: `tsa-${stamp}.${'z'.repeat(60)}`,
        at: at(stamp),
      })),
      witnesses: Array.from({ length: 40 }, (_, witness) => `witness-${witness}.${'w'.repeat(60)}/w1`),
    },
    redactions: {
      ...base.redactions,
      fields: Array.from({ length: 300 }, (_, field) => ({
        what: `test_keys.${'field'.repeat(60)}.${field}`,
        why: 'address' as const,
        measurements: 9,
      })),
    },
    annexes: [
      ...base.annexes,
      ...Array.from({ length: 100 }, (_, file) => ({
        path: `data/${'n'.repeat(90)}-${file}`,
        sha512: 'ab'.repeat(64),
      })),
    ],
  })
}

const PROOF: Attachment = {
  name: 'checkpoint',
  bytes: new TextEncoder().encode('log.example\n5\nroot\n'),
  media: 'text/plain',
  description: 'Checkpoint of the log',
  relationship: 'supplement',
}

describe('acts of people in an exhibit', () => {
  it('are named with their reasons and times, the one in force first of all', () => {
    for (const lang of LANGS) {
      const words = wordsOf(lang, sampleFinding({ review: reviewed(2, 'the clock of the probe was wrong') }))
      const standing = words.indexOf(say(lang, 'review.standing.held'))
      assert.ok(standing >= 0 && standing < words.indexOf(say(lang, 'exhibit.when')), lang)
      assert.ok(words.includes('the clock of the probe was wrong'))
      for (const actor of ['ed-0', 'ed-1']) assert.ok(words.includes(actor))
    }
  })

  it('take no place where there is none', () => {
    assert.ok(!wordsOf('en', sampleFinding()).includes(say('en', 'review.title')))
  })
})

describe('makeExhibit()', { skip }, () => {
  it('is sound, holds its proof, and says on every page that a simulated incident is simulated', async () => {
    for (const lang of LANGS) {
      const printed = await makeExhibit(sampleFinding(), { lang, attachments: [PROOF] })
      using pdf = new ReadPdf(bytesOf(printed))
      pdf.check()
      assert.ok(pdf.pages <= MOST_PAGES)
      assert.match(pdf.attached('checkpoint'), /^log\.example/)
      for (let page = 1; page <= pdf.pages; page++)
        assert.ok(pdf.text(page).includes(say(lang, 'paper.simulated')), `${lang}, page ${page}`)
    }
  })

  it('never has more than five pages: sixty items, a hundred networks, names without end', async () => {
    for (const lang of LANGS) {
      using pdf = new ReadPdf(bytesOf(await makeExhibit(worst(), { lang, attachments: [PROOF] })))
      assert.ok(pdf.pages <= MOST_PAGES, `${lang}: ${pdf.pages}`)
      const read = pdf.text().replaceAll(/\s+/g, ' ')
      for (const key of ['exhibit.against', 'exhibit.not-shown', 'exhibit.verify', 'exhibit.annexes'] as const)
        assert.ok(read.includes(say(lang, key)), `${lang} ${key}`)
    }
  })

  it('says of what it leaves out how much there is and where it stands', () => {
    const [narrow] = ROOMS.toReversed()
    const words = wordsOf('en', worst(), narrow)
    assert.match(words, /Other pieces of evidence: 27/)
    assert.match(words, /\d+ more in data\/incident\.json/)
    assert.match(words, /Others: 98/)
    assert.match(words, /\(\+298\)/)
  })

  it('of a real incident says nothing of simulation', async () => {
    const finding = sampleFinding({ incident: sampleIncident({ simulated: false }) })
    using pdf = new ReadPdf(bytesOf(await makeExhibit(finding, { lang: 'en', attachments: [] })))
    assert.ok(!/simulated\. not a real/i.test(pdf.text()))
  })

  it('can be made of every kind of incident, of one without readings, without an operator and without a mark', async () => {
    for (const incident of Object.values(SAMPLE_KINDS))
      for (const change of [{ incident }, { incident, readings: [], compared: [], targets: [], software: [] }]) {
        const { operator: _, ...bare } = sampleFinding(change)
        using pdf = new ReadPdf(bytesOf(await makeExhibit(bare, { lang: 'kk', attachments: [] })))
        assert.match(pdf.text(), /көрсетілмеген: обсерваторияны кім жүргізеді/)
      }
  })
})

describe('exhibitPaper()', () => {
  it('tells both edges with their intervals, in the time of the country and in UTC', () => {
    const words = wordsOf('en', sampleFinding())
    for (const time of ['20:02 (19:58–20:05)', '15:02 (14:58–15:05)', '22:04 (21:59–22:09)', '17:04 (16:59–17:09)'])
      assert.ok(words.includes(time), time)
  })

  it('lists every piece of evidence on its side, and every one against again with what speaks against', () => {
    const { cause } = SAMPLE_KINDS.finished
    const items = cause.items.map((item, at) => (at === 0 ? { ...item, log10Lr: -0.4 } : item))
    const incident = { ...SAMPLE_KINDS.finished, cause: { ...cause, items } }
    const words = wordsOf('en', sampleFinding({ incident }))
    for (const item of items) assert.ok(words.includes(itemName('en', item)), item.item)
    const [against, ...more] = itemsAgainst(incident.cause)
    if (against === undefined || more.length > 1) return assert.fail('one item that speaks against, or two')
    assert.equal(words.split(itemSentence('en', against)).length - 1, 2)
    assert.match(words, /The service opened on some devices \(3\sof\s14\)/)
  })

  it('does not call blocking what is not determined, nor tells a withdrawn incident as a finding', () => {
    assert.doesNotMatch(wordsOf('en', sampleFinding({ incident: SAMPLE_KINDS.partly })), /signs fit blocking/)
    const withdrawn = wordsOf('en', sampleFinding({ incident: SAMPLE_KINDS.withdrawn }))
    assert.doesNotMatch(withdrawn, /The measurements show that access was interfered with/)
    assert.match(withdrawn, /withdrawn/)
  })

  it('says of simulated devices nothing of consent, and of a withdrawn incident what the person noted', () => {
    assert.doesNotMatch(wordsOf('en', sampleFinding()), /consented/)
    assert.match(wordsOf('en', sampleFinding({ incident: sampleIncident({ simulated: false }) })), /consented/)
    const noted = { ...SAMPLE_KINDS.withdrawn, note: 'One device was counted twice.' }
    assert.match(wordsOf('en', sampleFinding({ incident: noted })), /counted twice/)
  })

  it('tells its revision with the reason', () => {
    const late = sampleIncident({ revision: 3, reason: 'late-data' })
    assert.match(
      wordsOf('en', sampleFinding({ incident: late })),
      /3; measurements arrived late; 5\sMarch\s2026, 17:50 UTC/,
    )
  })

  it('names no one who acted, in no language', () => {
    const accusing = {
      en: /\b(government|ministry|state|authorit(y|ies)|censor|ordered by|blocked by|deliberate|on purpose)\b/iu,
      ru: /(государств|правительств|министерств|власт[ьи]|цензур|по приказу|заблокировал|умышленн|намеренн)/iu,
      kk: /(мемлекет|үкімет|министрл|билік|цензура|бұйрық|бұғаттаған|әдейі|қасақана)/iu,
    }
    for (const lang of LANGS) assert.doesNotMatch(wordsOf(lang, sampleFinding()), accusing[lang], lang)
  })

  it('tells a stretch without measurements in one row, from when to when, and names both edges by their clocks', () => {
    if (WIDE === undefined) return assert.fail('no room')
    const silent = (at: number): boolean => at >= Date.UTC(2026, 2, 5, 16, 0) && at < Date.UTC(2026, 2, 5, 16, 45)
    const readings = sampleReadings().filter(({ at }) => !silent(at))
    const chart = exhibitPaper('en', sampleFinding({ readings }), WIDE).blocks.find(({ kind }) => kind === 'chart')
    if (chart?.kind !== 'chart') return assert.fail('no chart')
    const none = chart.table.rows.filter((row) => row[2] === 'no data')
    assert.deepEqual(none, [['21:00–21:40', '16:00–16:40', 'no data', 'no data', 'no data']])
    assert.deepEqual(
      chart.chart.edges.map(({ label }) => label),
      ['Start: 20:02 (19:58–20:05)', 'End: 22:04 (21:59–22:09)'],
    )
    assert.match(chart.alt, /5\sMarch\s2026, 20:02/)
  })

  it('counts in its drawing what its table says, step by step', () => {
    if (WIDE === undefined) return assert.fail('no room')
    const chart = exhibitPaper('en', sampleFinding(), WIDE).blocks.find((block) => block.kind === 'chart')
    if (chart?.kind !== 'chart') return assert.fail('no chart')
    const drawn = chart.chart.bars.map(({ failed, passed }) => [String(failed + passed), String(failed)])
    assert.deepEqual(
      chart.table.rows.map((row) => [row[2], row[3]]).filter(([tests]) => tests !== 'no data'),
      drawn,
    )
    const inside = sampleReadings().filter(({ target }) => target === 'fail').length
    assert.equal(
      chart.chart.bars.reduce((sum, { failed }) => sum + failed, 0),
      inside,
    )
  })
})
