import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { spansIn, type Paper } from '../../documents/paper.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { ROOMS, type ExhibitFinding } from './finding.ts'
import { exhibitPaper, makeExhibit, MOST_PAGES } from './make-exhibit.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const GONE = sampleIncident({ withdrawn: true, running: false, reason: 'withdrawn', revision: 2 })
const withdrawn = (change: Partial<Incident> = {}): ExhibitFinding => {
  const incident: Incident = { ...GONE, ...change }
  return sampleFinding({ incident, revisions: [sampleIncident(), incident] })
}
const paperOf = (lang: (typeof LANGS)[number], finding: ExhibitFinding): Paper => {
  const [wide] = ROOMS
  assert.ok(wide !== undefined)
  return exhibitPaper(lang, finding, wide)
}
const wordsOf = (paper: Paper): string =>
  spansIn(paper)
    .map((span) => ('text' in span ? span.text : ''))
    .join('\n')
const headings = ({ blocks }: Paper): readonly string[] =>
  blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : []))

describe('the exhibit of a withdrawn incident', () => {
  it('begins with the withdrawal and tells every revision with its reason, in every language', () => {
    for (const lang of LANGS) {
      const paper = paperOf(lang, withdrawn())
      const [finding] = paper.blocks
      assert.ok(finding?.kind === 'finding' && typeof finding.text !== 'string')
      assert.deepEqual(finding.text[0], {
        kind: 'strong',
        text: `${say(lang, 'incident.past.withdrawn', { service: 'YouTube' })}.`,
      })
      const table = paper.blocks.find((block) => block.kind === 'table')
      assert.ok(table?.kind === 'table')
      assert.deepEqual(
        table.rows.map((row) => row[2]),
        [say(lang, 'incident.reason.first'), say(lang, 'incident.reason.withdrawn')],
      )
      assert.ok(wordsOf(paper).includes(say(lang, 'exhibit.withdrawn-earlier')))
    }
  })

  it('tells no weight, no edges and nothing for or against: none of it stands any longer', () => {
    const paper = paperOf('en', withdrawn())
    for (const key of ['exhibit.weight', 'exhibit.when', 'exhibit.against'] as const)
      assert.equal(headings(paper).includes(say('en', key)), false, key)
    const chart = paper.blocks.find((block) => block.kind === 'chart')
    assert.ok(chart?.kind === 'chart')
    assert.deepEqual(chart.chart.edges, [])
    assert.doesNotMatch(chart.alt, /Start|End/)
    assert.equal(wordsOf(paper).includes(say('en', 'exhibit.mechanism')), false)
  })

  it('names in words the incident that took its place, and prints what a person noted as it is', () => {
    const other = 'youtube-as64500-20260305T1458Z'
    const words = wordsOf(paperOf('en', withdrawn({ note: other })))
    assert.equal(words.split(`Replaced by another incident: ${other}.`).length - 1, 2)
    assert.equal(words.split(other).length - 1, 2)
    assert.doesNotMatch(words, /no longer (?:say|claim) that there was a restriction/)
    assert.match(wordsOf(paperOf('en', withdrawn({ note: 'One device was counted twice.' }))), /counted twice/)
  })

  it('has at most five pages with a hundred revisions', { skip }, async () => {
    const revisions = Array.from({ length: 100 }, (_, at) => sampleIncident({ revision: at + 1, reason: 'late-data' }))
    const incident: Incident = { ...GONE, revision: 101, note: 'x'.repeat(2000) }
    const finding = sampleFinding({ incident, revisions: [...revisions, incident] })
    using pdf = new ReadPdf(bytesOf(await makeExhibit(finding, { lang: 'ru', attachments: [] })))
    pdf.check()
    assert.ok(pdf.pages <= MOST_PAGES)
  })
})

describe('the exhibit of an incident that was revised', () => {
  it('tells what it said before and why it was revised; of one revision alone it has no list', () => {
    const late = sampleIncident({ revision: 2, reason: 'late-data' })
    const words = wordsOf(paperOf('en', sampleFinding({ incident: late, revisions: [sampleIncident(), late] })))
    assert.match(words, /Statement[^]*measurements arrived late/)
    assert.equal(headings(paperOf('en', sampleFinding())).includes(say('en', 'exhibit.revisions')), false)
  })
})
