import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CARD_FONTS, decodePng, openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { SAMPLE_KINDS, sampleReadings } from '../../../test/kit/evening/incident-sample.ts'
import { defined } from '../../core/model/defined.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatDate, formatDateTime } from '../../core/text/time.ts'
import { axisOf } from '../incident/around.ts'
import { named } from '../incident/route.ts'
import { fitLine, fitLines, lineWidth, type Weight } from './card-text.ts'
import { incidentCard } from './incident-card.ts'
import { serviceCard } from './service-card.ts'

const maker = openCardMaker()
const KAZAKH = [...'ӘәҒғҚқҢңӨөҰұҮүҺһІі']
const NAMES = { services: [], networkName: () => undefined }
const LONG = 'Алыс дала мен тау байланысының ұзақ атаулы өңірлік желісі (AS4294967295)'

const card = async (lang: Lang, incident: Incident, networkName?: string): Promise<string> => {
  const axis = await axisOf(lang, incident, { readings: async () => sampleReadings(), record: undefined })
  const proof = { code: 'K7M4-2Q9X', address: `https://a-rather-long-name-of-a-server.example.org/${lang}/k/` }
  const view = { ...named(incident, NAMES), ...defined({ networkName }), proof }
  return incidentCard(lang, { ...view, ...defined({ axis }) }, CARD_FONTS)
}

interface DrawnText {
  readonly text: string
  readonly from: number
  readonly until: number
}

/** Every text of a drawing with the edges it reaches. */
const textsOf = (svg: string): readonly DrawnText[] =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', text = '']) => {
    const of = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1]
    const weight: Weight = of('font-weight') === '600' ? 600 : 400
    const plain = text
      .replaceAll('&amp;', '&')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
    const width = lineWidth(CARD_FONTS, { text: plain, size: Number(of('font-size')), weight })
    const x = Number(of('x'))
    const anchor = of('text-anchor') ?? 'start'
    const from = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
    return { text: plain, from, until: from + width }
  })

const glyph = (letter: string, weight: Weight | 700): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" font-family="Kuager Sans"><rect width="64" height="64" fill="#fff"/><text x="12" y="48" font-size="40" font-weight="${weight}">${letter}</text></svg>`

describe('share cards', () => {
  it('are PNG of 1200 by 630, with the same bytes for the same input', async () => {
    const svg = await card('kk', SAMPLE_KINDS.finished)
    assert.equal(svg, await card('kk', SAMPLE_KINDS.finished))
    const png = await maker.raster(svg)
    const { width, height } = decodePng(png)
    assert.deepEqual([width, height], [1200, 630])
    assert.deepEqual(png, await maker.raster(svg))
  })

  it('draw every Kazakh letter, in both weights, each with a shape of its own', async () => {
    for (const weight of [400, 600] as const) {
      const shapes = new Map<string, string>()
      for (const letter of ['\uffff', ...KAZAKH]) {
        const { rows } = decodePng(await maker.raster(glyph(letter === '\uffff' ? '&#x4e00;' : letter, weight)))
        const shape = rows.map((row) => row.join()).join()
        if (letter !== '\uffff') assert.ok(/(?:^|,)[0-9]{1,2}(?:,|$)/.test(shape), `nothing drawn for ${letter}`)
        const same = shapes.get(shape)
        assert.equal(same, undefined, `${letter} is drawn like ${same}`)
        shapes.set(shape, letter)
      }
    }
  })

  it('draw every bold weight of the style sheet with the bold face', async () => {
    const drawn = async (weight: Weight | 700): Promise<Uint8Array> => maker.raster(glyph('20:02', weight))
    assert.deepEqual(await drawn(700), await drawn(600))
    assert.notDeepEqual(await drawn(600), await drawn(400))
  })

  it('keep every text inside the edges, and no two texts of one line on each other, with any text inserted', async () => {
    for (const lang of LANGS)
      for (const [kind, incident] of Object.entries(SAMPLE_KINDS))
        for (const networkName of [undefined, LONG]) {
          const svg = await card(lang, { ...incident, simulated: true }, networkName)
          for (const { text, from, until } of textsOf(svg))
            assert.ok(from >= 63.5 && until <= 1136.5, `${lang} ${kind}: "${text}" from ${from} to ${until}`)
          const lines = Map.groupBy(
            [...svg.matchAll(/<text x="[^"]*" y="([^"]*)"/g)].map(([, y], index) => ({ y, index })),
            ({ y }) => y,
          )
          const texts = textsOf(svg)
          for (const line of lines.values()) {
            const sorted = line.flatMap(({ index }) => texts[index] ?? []).toSorted((a, b) => a.from - b.from)
            for (const [place, one] of sorted.entries())
              assert.ok(
                place === 0 || one.from >= (sorted[place - 1]?.until ?? 0) - 0.5,
                `${lang} ${kind}: "${sorted[place - 1]?.text}" runs into "${one.text}"`,
              )
          }
        }
  })

  it('say that they are simulated, and nothing of it where they are not', async () => {
    assert.match(await card('kk', { ...SAMPLE_KINDS.finished, simulated: true }), /Модельденген, шын өлшем емес/)
    assert.doesNotMatch(await card('kk', { ...SAMPLE_KINDS.finished, simulated: false }), /Модельденген/)
  })

  it('carry code, address, revision, both times and both intervals', async () => {
    const svg = await card('en', SAMPLE_KINDS.finished)
    for (const part of ['K7M4-2Q9X', 'example.org/en/k/', 'Revision 1', '20:02', '19:58–20:05', '22:04', '21:59–22:09'])
      assert.ok(svg.includes(part), part)
  })

  it('say what their signs mean, until which minute what goes on is true, and the last word at a size to be read', async () => {
    for (const lang of LANGS)
      for (const incident of [SAMPLE_KINDS.finished, SAMPLE_KINDS.running, SAMPLE_KINDS.partly]) {
        const svg = await card(lang, incident)
        const texts = textsOf(svg).map(({ text }) => text)
        for (const key of ['failed', 'passed', 'silent'] as const)
          assert.ok(texts.includes(say(lang, `incident.legend.${key}`)), `${lang}: ${key}`)
        const isRunning = incident === SAMPLE_KINDS.running
        const has = (...parts: readonly string[]): boolean =>
          texts.some((text) => parts.every((part) => text.includes(part)))
        // The minute is that of the last failed measurement, which the page has too, and not that of the publication.
        const last = incident.end.bracket[0]
        assert.ok(last !== undefined && incident.start.median !== undefined)
        assert.equal(has(formatDateTime(lang, last), 'UTC'), isRunning, lang)
        assert.equal(has(say(lang, 'incident.start'), formatDate(lang, incident.start.median)), isRunning, lang)
        assert.ok(!has(formatDateTime(lang, incident.revisedAt), 'UTC'), lang)
        const sizes = [...svg.matchAll(/font-size="([\d.]+)" font-weight="600"/g)].map(([, size]) => Number(size))
        assert.ok(Math.min(...sizes) >= 17, `${lang}: ${Math.min(...sizes)}`)
      }
  })

  it('show a withdrawn incident without its times', async () => {
    const svg = await card('en', SAMPLE_KINDS.withdrawn)
    assert.match(svg, /withdrawn/)
    assert.doesNotMatch(svg, />20:02</)
  })

  it('take hostile names as text', async () => {
    const svg = await card('en', SAMPLE_KINDS.finished, '</text><script>"x"&\u0000')
    assert.doesNotMatch(svg, /<script/)
    decodePng(await maker.raster(svg))
  })

  it('of a service say the state of each network, and that there is no data where there is none', async () => {
    const row = { state: 'shut', network: LONG, number: 'AS64500', behind: 'құрылғылар: 14' } as const
    const view = { serviceName: 'YouTube', at: '2026 ж. 5 наурыз, 21:10 (UTC+5)', simulated: true, rows: [] }
    const proof = { code: 'YOUTUBE-20260305T1610Z-K7M4-2Q9X', address: 'https://kuager.example/kk/k/' }
    const none = serviceCard('kk', { ...view, proof }, CARD_FONTS)
    assert.match(none, /Бұл уақыт туралы дерек жоқ/)
    const many = serviceCard('kk', { ...view, rows: Array.from({ length: 9 }, () => row), proof }, CARD_FONTS)
    assert.equal(many.match(/ашылмайды<\/text>/g)?.length, 6)
    assert.match(many, /Мұнда көрсетілмеген желілер: 3/)
    for (const { text, from, until } of textsOf(many))
      assert.ok(from >= 63.5 && until <= 1136.5, `"${text}" from ${from} to ${until}`)
  })
})

describe('the card of a service', () => {
  it('never cuts the words of a state, in any language', () => {
    for (const lang of LANGS)
      for (const state of ['open', 'slow', 'part', 'shut', 'fault', 'unkn', 'none'] as const) {
        const behind = say(lang, 'card.measurements', { count: '12345' })
        const rows = [{ state, network: LONG, number: 'AS4294967295', behind }]
        const proof = { code: 'YOUTUBE-20260305T1610Z-K7M4-2Q9X' }
        const svg = serviceCard(lang, { serviceName: 'YouTube', at: '', rows, simulated: false, proof }, CARD_FONTS)
        const drawn = textsOf(svg).map(({ text }) => text)
        assert.ok(drawn.join(' ').includes(say(lang, `board.state.${state}`)), `${lang} ${state}`)
        assert.ok(svg.includes('>AS4294967295</text>'), `${lang} ${state}`)
      }
  })
})

describe('text of a card', () => {
  const fit = { width: 200, weight: 600, sizes: [40, 20] } as const

  it('becomes smaller before it is cut', () => {
    assert.equal(fitLine(CARD_FONTS, 'Қазақ', fit).size, 40)
    const smaller = fitLine(CARD_FONTS, 'Қазақстан желісі', fit)
    assert.ok(smaller.size < 40 && !smaller.text.includes('…'))
    const cut = fitLine(CARD_FONTS, LONG, fit)
    assert.ok(cut.size === 20 && cut.text.endsWith('…') && lineWidth(CARD_FONTS, cut) <= 200)
  })

  it('breaks between words and loses none of them', () => {
    const lines = fitLines(CARD_FONTS, '20:02 немесе одан бұрын', { ...fit, most: 3 })
    assert.equal(lines.map(({ text }) => text).join(' '), '20:02 немесе одан бұрын')
  })

  it('shows a letter without its accent, and a question mark for what the fonts lack', () => {
    assert.equal(fitLine(CARD_FONTS, 'Zoë 网', { ...fit, width: 900 }).text, 'Zoe ?')
  })
})
