import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import {
  SAMPLE_KINDS,
  sampleCause,
  sampleIncident,
  sampleStatements,
} from '../../../test/kit/evening/incident-sample.ts'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { ordersSchema, statementsSchema } from '../../core/model/tables/record.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { spansIn, spansOf, type Paper } from '../../documents/paper.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { printPaper } from '../../documents/typst/set-paper.ts'
import { statementPaper, type StatedFacts } from './statement-paper.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const record = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../data/record/${name}.json`, import.meta.url), 'utf8'))
const { orders } = ordersSchema.parse(record('orders'))
const { statements } = statementsSchema.parse(record('statements'))

const facts = (change: Partial<StatedFacts> = {}): StatedFacts => ({
  id: 'case-1',
  madeAt: sampleFinding().madeAt,
  findings: [sampleFinding(), sampleFinding({ incident: SAMPLE_KINDS.partly, serviceName: 'Facebook' })],
  statements: sampleStatements,
  orders: orders.slice(0, 2),
  ...change,
})
const words = (paper: Paper): string =>
  spansIn(paper)
    .map((span) => ('text' in span ? span.text : 'what' in span ? span.what : ''))
    .join('\n')
const paragraphs = (paper: Paper, standing: string): readonly string[] =>
  paper.blocks.flatMap((block) =>
    block.kind === 'paragraph' && block.standing === standing
      ? [
          spansOf(block.text)
            .map((span) => ('text' in span ? span.text : ''))
            .join(''),
        ]
      : [],
  )

describe('statementPaper()', () => {
  it('keeps facts, inferences and allegations apart: one of each of the first two an incident', () => {
    for (const lang of LANGS) {
      const paper = statementPaper(lang, facts())
      assert.equal(paragraphs(paper, 'fact').length, 2, lang)
      assert.equal(paragraphs(paper, 'inference').length, 2, lang)
      assert.equal(paragraphs(paper, 'allegation').length, sampleStatements.length, lang)
    }
  })

  it('states of a withdrawn incident that it is one, and no start, end, devices or weight', () => {
    const incident = sampleIncident({ withdrawn: true, running: false, reason: 'withdrawn', revision: 2 })
    const finding = sampleFinding({ incident, revisions: [sampleIncident(), incident] })
    for (const lang of LANGS) {
      const paper = statementPaper(lang, facts({ findings: [finding] }))
      const [fact = ''] = paragraphs(paper, 'fact')
      assert.ok(fact.startsWith(say(lang, 'incident.past.withdrawn', { service: 'YouTube' })), fact)
      assert.doesNotMatch(fact, /20:02|22:04|14/)
      const headings = paper.blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : []))
      for (const key of ['exhibit.when', 'exhibit.weight', 'exhibit.against'] as const)
        assert.equal(headings.includes(say(lang, key)), false, `${lang} ${key}`)
      assert.ok(headings.includes(say(lang, 'exhibit.revisions')), lang)
    }
  })

  it('tells with which versions each incident was found, once where they are the same', () => {
    const other = sampleFinding({ program: { ...sampleFinding().program, version: '9.9.9' } })
    const versions = (findings: StatedFacts['findings']): readonly string[] =>
      words(statementPaper('en', facts({ findings }))).match(/Kuager \d+\.\d+\.\d+/g) ?? []
    assert.equal(versions([sampleFinding(), sampleFinding()]).length, 1)
    assert.deepEqual(versions([sampleFinding(), other]), [`Kuager ${sampleFinding().program.version}`, 'Kuager 9.9.9'])
  })

  it('says once in every inference that who acted is not shown, and says it in whole sentences', () => {
    const fault = sampleIncident({ cause: sampleCause({ word: 'fault', log10Lr: -2, lo95: -3, hi95: -1 }) })
    const paper = statementPaper('en', facts({ findings: [sampleFinding(), sampleFinding({ incident: fault })] }))
    const [shown = '', open = ''] = paragraphs(paper, 'inference')
    assert.equal(shown.match(/who/g)?.length, 1, shown)
    assert.match(open, /The measurements do not show who acted\.$/)
    for (const text of [shown, open]) assert.doesNotMatch(text, /do not show it/)
  })

  it('tells no cause among the facts', () => {
    for (const fact of paragraphs(statementPaper('en', facts()), 'fact'))
      assert.doesNotMatch(fact, /block|interfer|fault/i)
  })

  it('gives every statement its date and source, and says of an unchecked source that it is unchecked', () => {
    const [user = '', operator = ''] = paragraphs(statementPaper('en', facts()), 'allegation')
    assert.match(
      user,
      /5\sMarch\s2026, 20:15.*A user: It opens through a VPN\..*Source: sample; published: 5\sMarch\s2026/,
    )
    assert.match(operator, /source not checked/)
    assert.match(operator, /«В сети произошёл технический сбой\.» \(There was a technical fault\.\)/)
  })

  it('gives the whole record of the repository in three languages', () => {
    for (const lang of LANGS) {
      const paper = statementPaper(lang, facts({ statements, orders }))
      assert.equal(paragraphs(paper, 'allegation').length, statements.length)
    }
  })

  it('says that nothing was said and that no act is known without concluding from it', () => {
    const paper = words(statementPaper('en', facts({ statements: [], orders: [] })))
    assert.match(paper, /No statement about this time is on record/)
    assert.match(paper, /Without a request and a reply this proves nothing/)
  })

  it('leaves name, capacity and date of the signatory as blanks, and an empty case a visible blank', () => {
    const empty = statementPaper('kk', facts({ findings: [], statements: [], orders: [] }))
    assert.equal(spansIn(empty).filter(({ kind }) => kind === 'blank').length, 3)
  })

  it('says that it is simulated where one incident is', () => {
    const real = sampleFinding({ incident: sampleIncident({ simulated: false }) })
    assert.equal(statementPaper('en', facts({ findings: [real] })).banner, undefined)
    assert.match(statementPaper('en', facts({ findings: [real, sampleFinding()] })).banner ?? '', /^Simulated/)
  })

  it('names no one who acted in its own words, in no language', () => {
    const accusing: Readonly<Record<Lang, RegExp>> = {
      en: /\b(government|ministry|censor|ordered by|blocked by|deliberate|on purpose)\b/iu,
      ru: /(государств|правительств|министерств|цензур|по приказу|заблокировал|умышленн|намеренн)/iu,
      kk: /(мемлекет|үкімет|министрл|цензура|бұйрық|бұғаттаған|әдейі|қасақана)/iu,
    }
    for (const lang of LANGS)
      assert.doesNotMatch(words(statementPaper(lang, facts({ statements: [], orders: [] }))), accusing[lang], lang)
  })

  it('can be read by everybody: PDF/UA-1 in three languages, with the whole record', { skip }, async () => {
    for (const lang of LANGS) {
      const paper = statementPaper(lang, facts({ statements, orders: orders.slice(0, 40) }))
      using pdf = new ReadPdf(bytesOf(await printPaper(paper, { standard: 'ua-1' })))
      pdf.check()
      assert.match(pdf.info, /Tagged:\s+yes/)
      assert.ok(pdf.text().length > 10_000)
    }
  })
})
