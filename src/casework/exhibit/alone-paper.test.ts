import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleAlone, sampleJudged } from '../../../test/kit/evening/alone-sample.ts'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { spansIn, type Block } from '../../documents/paper.ts'
import { openPress } from '../../documents/typst/compile.ts'
import type { AloneFinding } from './alone-finding.ts'
import { alonePaper } from './alone-paper.ts'
import { ROOMS } from './finding.ts'
import { makeExhibit, MOST_PAGES } from './make-exhibit.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const [WIDE] = ROOMS
const blocksOf = (lang: Lang, finding: AloneFinding): readonly Block[] =>
  WIDE === undefined ? [] : alonePaper(lang, finding, WIDE).blocks
const wordsOf = (lang: Lang, finding: AloneFinding): string =>
  WIDE === undefined
    ? ''
    : spansIn(alonePaper(lang, finding, WIDE))
        .map((span) => ('text' in span ? span.text : ''))
        .join('\n')
const rowsUnder = (blocks: readonly Block[], heading: string): readonly (readonly unknown[])[] => {
  const at = blocks.findIndex((block) => block.kind === 'heading' && block.text === heading)
  const table = blocks[at + 1]
  return table?.kind === 'table' ? table.rows : []
}

describe('alonePaper()', () => {
  it('says first that no incident is claimed, then how many of each verdict there are and how they were chosen', () => {
    const [finding] = blocksOf('en', sampleAlone())
    assert.ok(finding?.kind === 'finding')
    const words = wordsOf('en', sampleAlone())
    assert.match(words, /^Measurements: 21\. No incident is claimed\.\n/)
    assert.match(words, /Reachable: 10; interfered: 5; unreachable: 0; inconclusive: 5; without a verdict: 1\./)
    assert.match(words, /named these measurements one by one/)
    const period = {
      kind: 'period',
      since: instant(Date.UTC(2026, 2, 5)),
      until: instant(Date.UTC(2026, 2, 6)),
    } as const
    assert.match(
      wordsOf('en', sampleAlone({ chosen: period })),
      /all measurements of the service [^\n]*Period: 5\sMarch\s2026, 00:00 to 6\sMarch\s2026, 00:00/,
    )
  })

  it('says of each kind of verdict what it says and what it does not say, in every language', () => {
    for (const lang of LANGS) {
      const rows = rowsUnder(blocksOf(lang, sampleAlone()), say(lang, 'alone.verdicts'))
      assert.deepEqual(
        rows.map((row) => row[2]),
        (['reachable', 'interfered', 'unreachable', 'inconclusive'] as const).map((kind) =>
          say(lang, `alone.says.${kind}`),
        ),
      )
    }
  })

  it('tells what speaks against interference: what opened, what lacked a comparison, what weighs half, who is not known', () => {
    const apart = sampleJudged(2, { apart: true, kind: 'reachable' }).map((one, at) => ({ ...one, leaf: 3000 + at }))
    const words = wordsOf('en', sampleAlone({ judged: [...sampleJudged(20), ...apart] }))
    assert.match(words, /found the service reachable: 10 of 20\./)
    assert.match(words, /Devices that found it reachable at least once: 3 of 3\./)
    assert.match(words, /without something to compare with: 3 of 5\. Missing there: [^\n]+ \(3\)\./)
    assert.match(words, /weight was halved: 2 of 5\. Reasons: [^\n]+ \(2\)\./)
    assert.match(words, /From unknown senders, not counted above: 2; of these reachable: 2\./)
    assert.match(
      wordsOf('en', sampleAlone({ judged: sampleJudged(4, { kind: 'interfered', missing: [], halved: [] }) })),
      /No measurement here points the other way/,
    )
  })

  it('shows each measurement with its number in the log where they fit, else how they lie over time', () => {
    const few = rowsUnder(blocksOf('en', sampleAlone()), say('en', 'alone.one-by-one'))
    assert.equal(few.length, 20)
    assert.deepEqual(few[2]?.slice(1), ['20:02', '15:02', 'interfered', 'TLS: no answer, by name'])
    const many = blocksOf('en', sampleAlone({ judged: sampleJudged(240) }))
    assert.deepEqual(rowsUnder(many, say('en', 'alone.one-by-one')), [])
    const chart = many.find((block) => block.kind === 'chart')
    if (chart?.kind !== 'chart') return assert.fail('no chart')
    const drawn = chart.chart.bars.reduce((sum, { failed, passed }) => sum + failed + passed, 0)
    const told = chart.table.rows.reduce((sum, row) => sum + Number(row[3]) + Number(row[4]) + Number(row[5]), 0)
    assert.deepEqual([drawn, told], [180, 180])
  })

  it('counts each service on each network by itself where there are several, and draws none of them together', () => {
    const telegram = sampleJudged(40, { service: 'Telegram' }).map((one) => ({ ...one, leaf: one.leaf + 2000 }))
    const blocks = blocksOf('en', sampleAlone({ judged: [...sampleJudged(20), ...telegram] }))
    assert.deepEqual(
      rowsUnder(blocks, say('en', 'alone.by-series')).map((row) => row.slice(0, 3)),
      [
        ['Telegram; Example Rail (AS64500)', '3', '40'],
        ['YouTube; Example Rail (AS64500)', '3', '20'],
      ],
    )
    assert.equal(
      blocks.some(({ kind }) => kind === 'chart'),
      false,
    )
  })

  it('names no one who acted, in no language', () => {
    const accusing = {
      en: /\b(government|ministry|state|authorit(y|ies)|censor|ordered by|blocked by|deliberate|on purpose)\b/iu,
      ru: /(государств|правительств|министерств|власт[ьи]|цензур|по приказу|заблокировал|умышленн|намеренн)/iu,
      kk: /(мемлекет|үкімет|министрл|билік|цензура|бұйрық|бұғаттаған|әдейі|қасақана)/iu,
    }
    for (const lang of LANGS) assert.doesNotMatch(wordsOf(lang, sampleAlone()), accusing[lang], lang)
  })
})

describe('makeExhibit() of measurements alone', { skip }, () => {
  it('is sound, holds its proof, has at most five pages, and says on each that simulated ones are simulated', async () => {
    const proof = {
      name: 'checkpoint',
      bytes: new TextEncoder().encode('log.example\n5\nroot\n'),
      media: 'text/plain',
      description: 'Checkpoint of the log',
      relationship: 'supplement',
    } as const
    for (const lang of LANGS) {
      const printed = await makeExhibit(sampleAlone(), { lang, attachments: [proof] })
      using pdf = new ReadPdf(bytesOf(printed))
      pdf.check()
      assert.match(pdf.attached('checkpoint'), /^log\.example/)
      for (let page = 1; page <= pdf.pages; page++)
        assert.ok(pdf.text(page).includes(say(lang, 'paper.simulated')), `${lang}, page ${page}`)
    }
  })

  it('never has more than five pages, and can be made of one measurement and of none that was judged', async () => {
    const name = 'Өте ұзақ атауы бар байланыс операторы '.repeat(9)
    const crowd = sampleJudged(900).map((one, at) => ({
      ...one,
      service: `${name} ${at % 60}`,
      network: `${name} ${at % 7}`,
    }))
    const targets = Array.from({ length: 60 }, (_, at) => `${'host'.repeat(15)}${at}.example.org`)
    for (const finding of [
      sampleAlone({ judged: crowd, targets }),
      sampleAlone({ judged: sampleJudged(1), measurements: [] }),
      sampleAlone({ judged: [], readings: [], targets: [], software: [] }),
    ]) {
      using pdf = new ReadPdf(bytesOf(await makeExhibit(finding, { lang: 'kk', attachments: [] })))
      assert.ok(pdf.pages <= MOST_PAGES, `${pdf.pages}`)
      const read = pdf.text().replaceAll(/\s+/g, ' ')
      for (const key of ['exhibit.against', 'exhibit.not-shown', 'exhibit.verify', 'exhibit.annexes'] as const)
        assert.ok(read.includes(say('kk', key)), key)
    }
  })
})
