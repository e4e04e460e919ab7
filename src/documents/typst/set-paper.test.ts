import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { parseInstant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { annex, blank, code, note, strong, textSpan, type Block, type Paper } from '../paper.ts'
import { openPress } from './compile.ts'
import { printPaper, type Attachment } from './set-paper.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const MADE = parseInstant('2026-03-06T09:00:00Z')
const paper = (blocks: readonly Block[], change: Partial<Paper> = {}): Paper => ({
  lang: 'kk',
  title: 'Үлгі',
  id: 'kuager-sample',
  madeAt: MADE,
  blocks,
  ...change,
})

/** One of each block, so that what holds for this holds for every paper. */
const EVERY: readonly Block[] = [
  { kind: 'finding', text: [strong('Ашылмады.'), textSpan(' Себебі белгісіз.')] },
  { kind: 'heading', level: 2, text: 'Бірінші' },
  { kind: 'paragraph', text: [textSpan('Мәтін'), note('Дереккөз: үлгі'), textSpan(' және '), annex(3)] },
  { kind: 'heading', level: 3, text: 'Бөлік' },
  { kind: 'paragraph', standing: 'fact', text: [blank('Күні'), { kind: 'unconfirmed' }] },
  { kind: 'list', ordered: true, items: ['бір', 'екі'] },
  { kind: 'list', ordered: false, items: ['үш'] },
  { kind: 'facts', rows: [{ label: 'Желі', value: 'Үлгі' }] },
  {
    kind: 'chart',
    caption: 'Сызба',
    alt: 'Бағаналардың сипаттамасы',
    chart: {
      from: MADE,
      until: parseInstant('2026-03-06T12:00:00Z'),
      zone: 'Asia/Almaty',
      step: HOUR_MS,
      bars: [{ at: MADE, failed: 2, passed: 1 }],
      edges: [{ label: 'Басталғаны', at: MADE, lo: MADE, hi: MADE }, { label: 'Аяқталғаны' }],
      words: { failed: 'ашылмады', passed: 'ашылды', none: 'дерек жоқ', axis: 'уақыт' },
    },
    table: {
      kind: 'table',
      caption: 'Сандар',
      columns: [{ head: 'Уақыты' }, { head: 'Саны', align: 'number' }],
      rows: [['14:00', '3']],
    },
  },
  { kind: 'parties', rows: [{ role: 'Кімге', lines: ['Сот', [code('a@b.example')]] }] },
  { kind: 'signature', rows: [{ label: 'Қолы' }] },
  { kind: 'page-break' },
  { kind: 'paragraph', text: 'Соңы' },
]

const PROOF: Attachment = {
  name: 'incident.json',
  bytes: new TextEncoder().encode('{"proof":1}\n'),
  media: 'application/json',
  description: 'The incident',
  relationship: 'data',
}

/** Wherever a page ends, the signature is on one with text of the document. */
const LINE = 'Бір жолдық мәтін.'
const LAST = 'Соңғы тармақ.'

describe('a signature', { skip }, () => {
  const signed = (lines: number, before: readonly Block[]): Paper =>
    paper([
      ...Array.from({ length: lines }, (): Block => ({ kind: 'paragraph', text: LINE })),
      ...before,
      { kind: 'signature', rows: [{ label: 'Күні' }, { label: 'Қолы' }] },
    ])
  const BEFORE: Readonly<Record<string, readonly Block[]>> = {
    'the last item of a list': [{ kind: 'list', ordered: true, items: [LINE, LINE, LAST] }],
    'the last row of facts': [{ kind: 'facts', rows: [LINE, LAST].map((value) => ({ label: 'Желі', value })) }],
    'a paragraph above its heading': [
      { kind: 'paragraph', text: LAST },
      { kind: 'heading', level: 2, text: 'Қолтаңба' },
    ],
  }
  for (const [what, before] of Object.entries(BEFORE))
    it(`is on one page with ${what}, wherever the page ends`, async () => {
      const pages = new Set<number>()
      for (let lines = 24; lines <= 44; lines++) {
        using pdf = new ReadPdf(bytesOf(await printPaper(signed(lines, before), { standard: 'ua-1' })))
        pages.add(pdf.pages)
        const last = pdf.text(pdf.pages)
        assert.ok(last.includes('Қолы') && last.includes(LAST), `${lines} lines: ${last}`)
      }
      assert.deepEqual(
        [...pages].toSorted((a, b) => a - b),
        [1, 2],
        'the page ends within the lines that are tried',
      )
    })

  it('is not kept with a piece that would run over the page', async () => {
    const long = paper([
      { kind: 'paragraph', text: `${LINE} `.repeat(900) },
      { kind: 'signature', rows: [{ label: 'Қолы' }] },
    ])
    using pdf = new ReadPdf(bytesOf(await printPaper(long, { standard: 'ua-1' })))
    assert.ok(pdf.pages > 2)
    assert.equal(pdf.text().split(LINE.slice(0, 3)).length > 800, true)
  })

  it('goes on with the numbers of the list whose last item it is kept with', async () => {
    using pdf = new ReadPdf(
      bytesOf(await printPaper(signed(1, BEFORE['the last item of a list'] ?? []), { standard: 'ua-1' })),
    )
    assert.match(pdf.text(), /1\.[^]*2\.[^]*3\./)
  })
})

describe('printPaper()', { skip }, () => {
  it('keeps every Kazakh letter, as pdftotext reads it back', async () => {
    const letters = 'әғқңөұүһі ӘҒҚҢӨҰҮҺІ аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя ₸ № «»'
    for (const standard of ['ua-1', 'a-3a'] as const) {
      const blocks: readonly Block[] = [
        { kind: 'paragraph', text: letters },
        { kind: 'finding', text: [strong(letters)] },
        { kind: 'facts', rows: [{ label: letters, value: [code(letters)] }] },
      ]
      using pdf = new ReadPdf(bytesOf(await printPaper(paper(blocks), { standard })))
      const read = pdf.text().replaceAll(/\s+/g, ' ')
      for (const word of letters.split(' ')) assert.equal(read.split(word).length - 1 >= 4, true, `${standard} ${word}`)
    }
  })

  it('sets every block in every language, soundly, tagged, with every font inside', async () => {
    for (const lang of LANGS)
      for (const standard of ['ua-1', 'a-3a'] as const) {
        using pdf = new ReadPdf(bytesOf(await printPaper(paper(EVERY, { lang }), { standard, attachments: [PROOF] })))
        pdf.check()
        assert.equal(pdf.lang, lang)
        assert.match(pdf.info, /Tagged:\s+yes/)
        assert.match(pdf.info, /Title:\s+Үлгі/)
        for (const font of pdf.fonts) assert.ok(font.embedded && font.unicode, font.name)
        assert.equal(pdf.attached('incident.json'), '{"proof":1}\n')
      }
  })

  it('tags one heading of level 1, tables with heads, the drawing with its description, and notes', async () => {
    using pdf = new ReadPdf(bytesOf(await printPaper(paper(EVERY), { standard: 'ua-1' })))
    const tags = pdf.structure
    assert.equal([...tags.matchAll(/^\s*H1\b/gm)].length, 1)
    for (const tag of ['H2', 'H3', 'Table', 'TH', 'TD', 'Figure', 'L', 'Note', 'Caption'])
      assert.match(tags, new RegExp(`^\\s*${tag}\\b`, 'm'), tag)
  })

  it('names tables, figures, pages and blanks in the language of the paper', async () => {
    const words = {
      kk: ['1-кесте.', '1-сурет.', 'Бет: 1 / 2', 'көрсетілмеген: күні', '3-қосымша'],
      ru: ['Таблица 1', 'Рисунок 1', 'Страница 1 из 2', 'не указано: күні', 'Приложение № 3'],
      en: ['Table 1', 'Figure 1', 'Page 1 of 2', 'not given: күні', 'Annex 3'],
    }
    for (const lang of LANGS) {
      using pdf = new ReadPdf(bytesOf(await printPaper(paper(EVERY, { lang }), { standard: 'ua-1' })))
      const read = pdf.text().replaceAll(/\s+/g, ' ')
      for (const word of words[lang]) assert.ok(read.includes(word), `${lang}: ${word}`)
      assert.ok(read.includes('____________'), lang)
    }
  })

  it('keeps a heading on the page of the table that it names, wherever the page ends', async () => {
    const cell = [
      textSpan('Бірінші ұяшық'),
      note('Дереккөз: үлгі, ұзын сілтемесі бар, екі жолға созылатын ескертпе '.repeat(2)),
    ]
    const table: Block = {
      kind: 'table',
      columns: [{ head: 'Акт' }, { head: 'Нөмірі' }],
      rows: [
        [cell, '1'],
        [cell, '2'],
      ],
    }
    const filler: Block = { kind: 'paragraph', text: 'Жол' }
    for (let lines = 26; lines < 42; lines++) {
      const blocks: readonly Block[] = [
        ...Array.from({ length: lines }, () => filler),
        { kind: 'heading', level: 2, text: 'Тақырып' },
        table,
      ]
      using pdf = new ReadPdf(bytesOf(await printPaper(paper(blocks), { standard: 'ua-1' })))
      const page = [1, 2].find((one) => pdf.text(one).includes('Тақырып')) ?? 0
      assert.match(pdf.text(page), /Бірінші ұяшық/, `${lines} lines before it`)
    }
  })

  it('leaves the head of no group alone at the foot of a page, and breaks a long table in groups', async () => {
    const filler: Block = { kind: 'paragraph', text: 'Жол' }
    const rows = ['Бірінші', 'Екінші', 'Үшінші'].flatMap((group) => [
      [[strong(`${group} топ`)], ''],
      ...Array.from({ length: 5 }, (_, at) => [`${group} жолы ${at + 1}`, '1']),
    ])
    const table: Block = { kind: 'table', columns: [{ head: 'Белгі' }, { head: 'Қосады', align: 'number' }], rows }
    let broken = 0
    for (let lines = 20; lines < 42; lines++) {
      const blocks: readonly Block[] = [...Array.from({ length: lines }, () => filler), table]
      using pdf = new ReadPdf(bytesOf(await printPaper(paper(blocks), { standard: 'ua-1' })))
      const pages = Array.from({ length: pdf.pages }, (_, at) => pdf.text(at + 1))
      for (const group of ['Бірінші', 'Екінші', 'Үшінші']) {
        const page = pages.find((textSpan) => textSpan.includes(`${group} топ`)) ?? ''
        assert.ok(page.includes(`${group} жолы 1`), `${group} with ${lines} lines before it`)
      }
      if (pages.filter((textSpan) => textSpan.includes('жолы')).length > 1) broken += 1
    }
    assert.ok(broken > 5, `${broken} of 22 were broken`)
  })

  it('says on every page what the banner says, and the name of the bundle', async () => {
    const long: Block = {
      kind: 'table',
      columns: [{ head: 'Нөмірі' }],
      rows: Array.from({ length: 300 }, (_, at) => [String(at)]),
    }
    using pdf = new ReadPdf(bytesOf(await printPaper(paper([long], { banner: 'МОДЕЛЬДЕНГЕН' }), { standard: 'ua-1' })))
    assert.ok(pdf.pages > 4)
    for (let page = 1; page <= pdf.pages; page++) {
      const read = pdf.text(page)
      assert.match(read, /МОДЕЛЬДЕНГЕН/)
      assert.match(read, /kuager-sample/)
      assert.match(read, /Нөмірі/, 'the head of the table is repeated')
    }
  })

  it('reads no text of the data as markup, in no place', async () => {
    const hostile = '#read("/etc/passwd") ] ) } $x^2$ \\ */ // = *b* _i_ @ref <label> `raw` "q" #{panic()} \\u{41}'
    const blocks: readonly Block[] = [
      { kind: 'heading', level: 2, text: hostile },
      { kind: 'paragraph', text: [textSpan(hostile), note(hostile), blank(hostile), code(hostile)] },
      { kind: 'facts', rows: [{ label: hostile, value: hostile }] },
      { kind: 'table', caption: hostile, columns: [{ head: hostile }], rows: [[hostile]] },
      { kind: 'signature', rows: [{ label: hostile, value: hostile }] },
    ]
    const hard = paper(blocks, { title: hostile, id: hostile, kicker: hostile, banner: hostile })
    using pdf = new ReadPdf(bytesOf(await printPaper(hard, { standard: 'ua-1' })))
    const read = pdf.text().replaceAll(/\s+/g, '')
    assert.ok(!read.includes('root:'))
    assert.ok(read.split('#read("/etc/passwd")])}$x^2$\\*///=*b*_i_@ref<label>`raw`"q"#{panic()}\\u{41}').length > 10)
  })

  it('shows by their numbers what its fonts lack, and breaks what has no place to break', async () => {
    const strange = 'שלום \u202eabc 中国移动 \u{1f600}'
    const blocks: readonly Block[] = [
      { kind: 'paragraph', text: strange },
      { kind: 'paragraph', text: 'x'.repeat(10_000) },
      { kind: 'table', columns: [{ head: 'a'.repeat(500) }, { head: 'b' }], rows: [['y'.repeat(10_000), 'z']] },
    ]
    using pdf = new ReadPdf(bytesOf(await printPaper(paper(blocks), { standard: 'a-3a' })))
    const read = pdf.text().replaceAll(/\s+/g, '')
    assert.ok(read.includes('[U+4E2DU+56FDU+79FBU+52A8]') && read.includes('[U+1F600]') && read.includes('[U+202E]abc'))
    assert.equal([...read].filter((letter) => letter === 'x').length, 10_000)
    assert.equal([...read].filter((letter) => letter === 'y').length, 10_000)
  })

  it('gives the same bytes in another process and another zone', async () => {
    const here = await printPaper(paper(EVERY), { standard: 'a-3a', attachments: [PROOF] })
    const digest = createHash('sha256').update(bytesOf(here)).digest('hex')
    const module = fileURLToPath(new URL('./set-paper.ts', import.meta.url))
    const script = `
      const { printPaper } = await import(${JSON.stringify(module)})
      const { createHash } = await import('node:crypto')
      const job = JSON.parse(process.argv[1])
      const attachments = job.attachments.map((one) => ({ ...one, bytes: Buffer.from(one.bytes, 'base64') }))
      const made = await printPaper(job.paper, { standard: 'a-3a', attachments })
      process.stdout.write(createHash('sha256').update(made.pdf).digest('hex'))`
    const job = {
      paper: paper(EVERY),
      attachments: [{ ...PROOF, bytes: Buffer.from(PROOF.bytes).toString('base64') }],
    }
    for (const zone of ['Pacific/Kiritimati', 'America/Adak']) {
      const args = ['--input-type=module', '-e', script, JSON.stringify(job)]
      const there = execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, TZ: zone } })
      assert.equal(there, digest, zone)
    }
  })

  it('refuses a name of an attachment that is a path', async () => {
    for (const name of ['../x.json', '/etc/passwd', 'a b', '', 'A.json'])
      await assert.rejects(
        printPaper(paper([]), { standard: 'a-3a', attachments: [{ ...PROOF, name }] }),
        InputError,
        name,
      )
  })

  it('refuses an empty file: the compiler would end the process', async () => {
    const attachments = [{ ...PROOF, bytes: new Uint8Array() }]
    await assert.rejects(printPaper(paper([]), { standard: 'a-3a', attachments }), InputError)
  })

  it('says which package is missing where it is not installed', () => {
    const module = fileURLToPath(new URL('./set-paper.ts', import.meta.url))
    const script = `
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name.startsWith('@myriaddreamin/')) throw Object.assign(new Error('absent'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      } })
      const { printPaper } = await import(${JSON.stringify(module)})
      process.stdout.write(JSON.stringify(await printPaper({ lang: 'en', title: 't', id: 'i', madeAt: 0, blocks: [] }, { standard: 'ua-1' })))`
    const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    assert.deepEqual(JSON.parse(answer), { kind: 'missing', missing: '@myriaddreamin/typst-ts-node-compiler' })
  })
})

describe('the press', { skip }, () => {
  const source = (words: string): string => `#set document(title: "t")\n${words}`
  const print = (words: string): void => {
    if ('missing' in press) return
    press.compile({ source: source(words), files: new Map(), standard: 'ua-1', createdAt: MADE })
  }

  it('takes every warning for an error: a font that is not here', () => {
    assert.throws(() => print('#set text(font: "No Such Face", fallback: false)\nText'), /unknown font family/)
  })

  it('reads no file but those it was given, and asks no network for packages', () => {
    assert.throws(() => print('#read("/etc/passwd")'), Fault)
    assert.throws(() => print('#read("../../../../etc/passwd")'), Fault)
    assert.throws(() => print('#import "@preview/example:0.1.0": add'), Fault)
  })

  it('refuses a drawing without a description, a skipped level of headings and a glyph that no font has', () => {
    const face = '#set text(font: "Noto Sans", fallback: false)\n'
    assert.throws(() => print(`${face}= a\n#figure(rect())`), Fault)
    assert.throws(() => print(`${face}= a\n=== b`), Fault)
    assert.throws(() => print(`${face}= \u4e2d`), Fault)
    assert.doesNotThrow(() => print(`${face}= a`))
  })

  it(
    'lets go of what the compiler holds, so that a list of many parts does not fill the machine',
    { skip },
    async () => {
      let collected = 0
      const observer = new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries()) if (isForced(entry)) collected++
      })
      observer.observe({ entryTypes: ['gc'] })
      try {
        const pages = Array.from({ length: 45 }, (): Block[] => [
          { kind: 'paragraph', text: 'Бет' },
          { kind: 'page-break' },
        ]).flat()
        const printed = await printPaper(paper(pages), { standard: 'a-3a' })
        assert.ok(printed.kind === 'printed' && printed.pages > 40)
        for (const entry of observer.takeRecords()) if (isForced(entry)) collected++
        await eventually(() => collected > 0 || undefined)
      } finally {
        observer.disconnect()
      }
    },
  )
})

/** Whether an entry reports a collection that someone asked for: its kind is in `detail`, which no type names. */
function isForced(entry: object): boolean {
  const detail: unknown = Reflect.get(entry, 'detail')
  const flags: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'flags') : undefined
  return typeof flags === 'number' && (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0
}
