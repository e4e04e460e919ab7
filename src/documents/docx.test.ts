import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../../test/kit/net/lab-authority.ts'
import { fullCase } from '../../test/kit/evening/sample-case.ts'
import { parseInstant } from '../core/model/units.ts'
import { LANGS } from '../core/text/lang.ts'
import { writeDocx } from './docx.ts'
import { annex, blank, code, note, strong, textSpan, type Block, type Paper } from './paper.ts'
import { viewCase } from '../casework/documents/case-view.ts'
import { claimPaper } from '../casework/documents/claim.ts'
import { communicationPaper } from '../casework/documents/communication.ts'

const MADE = parseInstant('2026-03-06T09:00:00.500Z')
const KAZAKH = 'әғқңөұүһіӘҒҚҢӨҰҮҺІ'
const HOSTILE = `</w:t><w:x> ]]> & "' \u0000\u0007\u202e\ud800 #read("/etc/passwd") {name} \\ ${'x'.repeat(300)}`

const paper = (blocks: readonly Block[], change: Partial<Paper> = {}): Paper => ({
  lang: 'kk',
  title: 'Үлгі',
  id: 'kuager-sample',
  madeAt: MADE,
  blocks,
  ...change,
})

/** One of each block. */
const every = (words: string): readonly Block[] => [
  { kind: 'finding', text: [strong(words), textSpan(words)] },
  { kind: 'heading', level: 2, text: words },
  { kind: 'paragraph', text: [textSpan(words), note(words), annex(3), code(words)] },
  { kind: 'heading', level: 3, text: words },
  { kind: 'paragraph', standing: 'fact', text: [blank(words), { kind: 'unconfirmed' }] },
  { kind: 'list', ordered: true, items: [words, words] },
  { kind: 'list', ordered: false, items: [words] },
  { kind: 'list', ordered: true, items: [words] },
  { kind: 'facts', rows: [{ label: words, value: words }] },
  {
    kind: 'chart',
    caption: words,
    alt: words,
    chart: {
      from: MADE,
      until: MADE,
      zone: 'Asia/Almaty',
      step: 1,
      bars: [],
      edges: [],
      words: { failed: words, passed: words, none: words, axis: words },
    },
    table: {
      kind: 'table',
      caption: words,
      columns: [{ head: words }, { head: words, align: 'number' }],
      rows: [[words, '3']],
    },
  },
  { kind: 'parties', rows: [{ role: words, lines: [words] }] },
  { kind: 'signature', rows: [{ label: words }, { label: words, value: [blank(words)] }] },
  { kind: 'page-break' },
]

async function bytesOf(one: Paper): Promise<Uint8Array> {
  const written = await writeDocx(one)
  assert.ok(written.kind === 'written')
  return written.docx
}

const installed = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('docx')
    return true
  } catch {
    return false
  }
})()
const skip = installed ? false : 'needs the package docx'
/** Debian's Python, which sees Debian's packages. */
const PYTHON = '/usr/bin/python3'
const python = spawnSync(PYTHON, ['-c', 'import docx']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'kuager-docx-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function saved(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const READ = `
import docx, json, sys
from docx.oxml.ns import qn
def text(one):
  # Texts in controls are no runs of their paragraph for python-docx.
  return ''.join(t.text or '' for t in one.iter(qn('w:t')))
d = docx.Document(sys.argv[1])
print(json.dumps({
  'title': d.core_properties.title,
  'created': d.core_properties.created.isoformat(),
  'modified': d.core_properties.modified.isoformat(),
  'paragraphs': [[p.style.name, text(p._p)] for p in d.paragraphs],
  'cells': [[text(c._tc) for c in r.cells] for t in d.tables for r in t.rows],
  'heads': [bool(t.rows[0]._tr.xpath('./w:trPr/w:tblHeader')) for t in d.tables],
  'footer': d.sections[0].footer._element.xml,
  'header': [p.text for p in d.sections[0].header.paragraphs],
  'lang': d.styles.element.xpath('//w:rPrDefault//w:lang/@w:val'),
}))`

interface ReadBack {
  readonly title: string
  readonly created: string
  readonly modified: string
  readonly paragraphs: readonly (readonly [string, string])[]
  readonly cells: readonly (readonly string[])[]
  readonly heads: readonly boolean[]
  readonly footer: string
  readonly header: readonly string[]
  readonly lang: readonly string[]
}
const readBack = (path: string): ReadBack =>
  JSON.parse(execFileSync(PYTHON, ['-c', READ, path], { encoding: 'utf8', maxBuffer: 2 ** 26 })) as ReadBack

/** The document part; members are stored, so it is in the bytes as it is. */
const xmlOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('writeDocx()', { skip }, () => {
  it('gives the same bytes again, also in another process and zone', async () => {
    const own = await bytesOf(paper(every(KAZAKH)))
    assert.deepEqual(await bytesOf(paper(every(KAZAKH))), own)
    const module = fileURLToPath(new URL('./docx.ts', import.meta.url))
    const script = `import { writeDocx } from ${JSON.stringify(module)}
      import { createHash } from 'node:crypto'
      const { docx } = await writeDocx(JSON.parse(process.argv[1]))
      console.log(createHash('sha256').update(docx).digest('hex'))`
    const digest = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', script, JSON.stringify(paper(every(KAZAKH)))],
      { encoding: 'utf8', env: { ...process.env, TZ: 'Pacific/Chatham' } },
    )
    assert.equal(digest.trim(), createHash('sha256').update(own).digest('hex'))
  })

  it('is a whole zip', { skip: hasProgram('unzip') ? false : 'unzip: not installed' }, async () => {
    execFileSync('unzip', ['-tq', saved('whole.docx', await bytesOf(paper(every(KAZAKH))))], { stdio: 'ignore' })
  })

  const needsPython = { skip: python ? false : 'python3-docx: not installed' }
  it(
    'is read back by python-docx: headings, tables with heads, language, dates, page x of y',
    needsPython,
    async () => {
      const read = readBack(saved('every.docx', await bytesOf(paper(every(`Мәтін ${KAZAKH}`), { banner: 'үлгі' }))))
      assert.deepEqual(
        [read.title, read.created.slice(0, 19), read.modified.slice(0, 19)],
        ['Үлгі', '2026-03-06T09:00:00', '2026-03-06T09:00:00'],
      )
      assert.deepEqual(read.lang, ['kk-KZ'])
      assert.deepEqual(read.header, ['үлгі'])
      assert.deepEqual(read.heads, [false, true])
      const headings = read.paragraphs.filter(([style]) => style.startsWith('Heading')).map(([style]) => style)
      assert.deepEqual(headings, ['Heading 1', 'Heading 2', 'Heading 3'])
      for (const field of ['PAGE', 'NUMPAGES']) assert.match(read.footer, new RegExp(`instrText[^>]*>${field}<`))
      assert.match(read.footer, /kuager-sample/)
      const words = [...read.paragraphs.map(([, one]) => one), ...read.cells.flat()].join('\n')
      for (const letter of KAZAKH) assert.ok(words.includes(letter), letter)
      assert.match(words, /________ \(көрсетілмеген: мәтін/)
      assert.match(words, /3-қосымша/)
      assert.match(words, /1-кесте\. Мәтін/)
    },
  )

  it('holds every text of every paper of a case, in each language', needsPython, async () => {
    const papers = [
      claimPaper(viewCase(fullCase(), 'kk'), 'kk'),
      claimPaper(viewCase(fullCase(), 'ru'), 'ru'),
      communicationPaper(viewCase(fullCase(), 'en'), 'en'),
    ]
    for (const one of papers) {
      const read = readBack(saved(`case-${one.lang}.docx`, await bytesOf(one)))
      const words = [...read.paragraphs.map(([, textSpan]) => textSpan), ...read.cells.flat()].join('\n')
      for (const block of one.blocks) {
        if (block.kind === 'heading') assert.ok(words.includes(block.text), block.text)
        if (block.kind === 'list')
          assert.ok(block.items.every((item) => typeof item !== 'string' || words.includes(item)))
      }
    }
    assert.equal(new Set(papers.map(({ lang }) => lang)).size, LANGS.length)
  })

  it('holds hostile text as text, what is not seen by its number', needsPython, async () => {
    const hostile = paper(every(HOSTILE), { title: HOSTILE, id: HOSTILE, kicker: HOSTILE, banner: HOSTILE })
    const read = readBack(saved('hostile.docx', await bytesOf(hostile)))
    const words = [...read.paragraphs.map(([, one]) => one), ...read.cells.flat()].join('\n')
    assert.ok(
      words.includes(`</w:t><w:x> ]]> & "' [U+0000][U+0007][U+202E][U+D800] #read("/etc/passwd") {name} \\ xxx`),
    )
    assert.doesNotMatch(words, /[\u0000-\u0008\u202e]/u)
  })

  it('has a control for each blank, with its name, whose words go when a person writes', async () => {
    const words: Block[] = [
      { kind: 'paragraph', text: [textSpan('Сот: '), blank('сот'), textSpan('; '), blank('а&<б')] },
    ]
    const xml = xmlOf(await bytesOf(paper(words)))
    assert.equal(xml.match(/<w:sdt>/g)?.length, 2)
    assert.match(xml, /<w:alias w:val="сот"\/><w:tag w:val="blank-1"\/><w:id w:val="1"\/><w:showingPlcHdr\/><w:text/)
    assert.match(xml, /<w:alias w:val="а&amp;&lt;б"\/>/)
    assert.match(xml, /<w:sdtContent><w:r>.*?________ \(көрсетілмеген: сот\)<\/w:t><\/w:r><\/w:sdtContent>/)
    const form = xmlOf(await bytesOf(paper(words, { form: true })))
    assert.match(form, /________ \(сот\)/)
    assert.doesNotMatch(form, /FFF2CC/)
  })

  it('keeps a signature with the piece before it', async () => {
    const blocks: Block[] = [
      { kind: 'list', ordered: true, items: ['бір', 'соңғы'] },
      { kind: 'signature', rows: [{ label: 'Күні' }, { label: 'Қолы' }] },
    ]
    const xml = xmlOf(await bytesOf(paper(blocks)))
    const of = (words: string): string => xml.split('<w:p>').find((one) => one.includes(words)) ?? ''
    for (const words of ['соңғы', 'Күні']) assert.match(of(words), /<w:keepNext\/>/, words)
    for (const words of ['бір', 'Қолы']) assert.doesNotMatch(of(words), /<w:keepNext\/>/, words)
    const numbers = [...xml.matchAll(/<w:numId w:val="(\d+)"\/>/g)].map(([, id]) => id)
    assert.equal(new Set(numbers).size, 1, 'one list')
  })

  const office = hasProgram('soffice') && hasProgram('pdftotext')
  it(
    'opens in LibreOffice, whose PDF has every Kazakh letter, every page its number',
    { skip: office ? false : 'LibreOffice or pdftotext: not installed', timeout: 200_000 },
    async () => {
      const path = saved('office.docx', await bytesOf(paper(every(`Мәтін ${KAZAKH}`))))
      const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`
      execFileSync('soffice', [profile, '--headless', '--convert-to', 'pdf', '--outdir', folder, path], {
        stdio: 'ignore',
        timeout: 180_000,
      })
      assert.ok(readdirSync(folder).includes('office.pdf'))
      const read = execFileSync('pdftotext', ['-layout', join(folder, 'office.pdf'), '-'], { encoding: 'utf8' })
      for (const letter of KAZAKH) assert.ok(read.includes(letter), letter)
      const pages = readFileSync(join(folder, 'office.pdf'), 'latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
      assert.ok(pages > 0)
      for (let page = 1; page <= pages; page++) assert.match(read, new RegExp(`Бет: ${page} / ${pages}`))
    },
  )
})
