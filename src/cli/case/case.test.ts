import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fillBundles } from '../../../test/kit/evening/evening.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { ADDRESSEES } from '../../casework/case/case-form.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { POINTS } from '../../casework/statement/completeness.ts'
import { ordersSchema } from '../../core/model/tables/record.ts'
import { LANGS } from '../../core/text/lang.ts'
import { runCommand } from '../main.ts'

const press = await openPress()
const cwd = mkdtempSync(join(tmpdir(), 'kuager-case-cli-'))
after(() => rmSync(cwd, { recursive: true, force: true }))

const run = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly said: string }> => {
  let said = ''
  const world = testWorld(cwd, (text) => (said += text))
  const env = { KUAGER_LANG: 'en', KUAGER_FOLDER: join(cwd, 'data') }
  return { exit: await runCommand(args, { ...world, env }), said }
}
const good = async (...args: readonly string[]): Promise<string> => {
  const { exit, said } = await run(...args)
  assert.equal(exit, 0, `${args.join(' ')}: ${said}`)
  return said
}
const caseOf = (folder: string): { readonly id: string; readonly records: readonly { readonly id: string }[] } =>
  JSON.parse(readFileSync(join(cwd, folder, 'case.json'), 'utf8')) as never

describe('kuager case', () => {
  before(async () => {
    writeFileSync(join(cwd, 'letter.pdf'), 'a letter')
    await good('case', 'new', 'one', '--name', 'Case one')
  })

  it('warns of the names when it makes a folder, which only the owner reads', async () => {
    const said = await good('case', 'new', 'two', '--name', 'x')
    assert.match(said, /contains names/)
    assert.match(said, /encrypted disk/)
    assert.equal(statSync(join(cwd, 'two')).mode & 0o777, 0o700)
    assert.equal((await run('case', 'new', 'two', '--name', 'x')).exit, 2)
  })

  it('refuses wrong use with a sentence, and changes nothing', async () => {
    const whole = readFileSync(join(cwd, 'one', 'case.json'))
    for (const args of [
      [],
      ['open', 'one'],
      ['status'],
      ['status', 'one', 'two'],
      ['status', 'nowhere'],
      ['status', 'one', '--day', '2026-01-01'],
      ['new', 'three'],
      ['add', 'one'],
      ['add', 'one', '--ask'],
      ['add', 'one', '--act', 'letter.pdf', '--silence', '--day', '2026-01-01', '--from', 'x'],
      ['add', 'one', '--act', 'letter.pdf', '--from', 'x'],
      ['add', 'one', '--act', 'letter.pdf', '--day', '2026-01-01'],
      ['add', 'one', '--act', 'letter.pdf', '--day', '2999-01-01', '--from', 'x'],
      ['add', 'one', '--act', 'missing.pdf', '--day', '2026-01-01', '--from', 'x'],
      ['add', 'one', '--request', 'letter.pdf', '--day', '2026-01-01', '--from', 'x', '--to', 'somebody'],
      ['add', 'one', '--record', 'bundle', '--day', '2026-01-01', '--from', 'x'],
      ['add', 'one', '--act', 'letter.pdf', '--day', '2026-01-01', '--from', 'x', '--pages=-1'],
      ['add', 'one', '--act', 'letter.pdf', '--day', '2026-01-01', '--from', 'x', '--export-order', 'o.json'],
      ['add', 'one', '--bundle', 'letter.pdf', '--from', 'x'],
      ['add', 'one', '--act', 'letter.pdf', '--day', '2026-01-01', '--from', 'x', '--actor', 'a/b'],
    ]) {
      const { exit, said } = await run('case', ...args)
      assert.equal(exit, 2, `${args.join(' ')}: ${said}`)
      assert.match(said, /^kuager: Cannot /, args.join(' '))
    }
    assert.deepEqual(readFileSync(join(cwd, 'one', 'case.json')), whole)
    assert.deepEqual(readdirSync(join(cwd, 'one', 'documents')), [])
  })

  it('refuses a questionnaire that answers another question than is asked, whole', async () => {
    const intake = (value: unknown): void => writeFileSync(join(cwd, 'intake.json'), JSON.stringify(value))
    for (const wrong of [[], { nobody: 'x' }, { learned: 'soon' }, { consent: 'yes' }, {}, { use: { text: 'x' } }]) {
      intake(wrong)
      assert.equal((await run('case', 'add', 'one', '--intake', 'intake.json')).exit, 2, JSON.stringify(wrong))
    }
    intake({
      learned: '2026-03-05',
      use: { value: 'Сабақ жариялаймын', by: 'author', source: 'letter' },
      consent: true,
    })
    assert.match(await good('case', 'add', 'one', '--intake', 'intake.json'), /Answers recorded: 3/)
  })

  it('asks what is not answered, in the language of the person, and asks again where an answer is not one', async () => {
    const answers = ['Айгүл', 'kim', 'person', '', '', '', 'ертең', '2999-01-01', '1990-02-01']
    const { world, questions, said } = spokenWorld(cwd, answers)
    const exit = await runCommand(['case', 'add', 'two', '--ask', '--lang', 'kk'], { ...world, env: {} })
    assert.equal(exit, 0, said())
    assert.match(questions[0] ?? '', /^Тегіңіз, атыңыз/)
    assert.match(questions[1] ?? '', /person, organisation/)
    assert.equal(questions[1], questions[2])
    const { answers: taken } = JSON.parse(readFileSync(join(cwd, 'two', 'case.json'), 'utf8')) as never as {
      readonly answers: Readonly<Record<string, { readonly value: unknown }>>
    }
    assert.deepEqual(
      Object.entries(taken).map(([id, { value }]) => [id, value]),
      [
        ['author-name', 'Айгүл'],
        ['author-kind', 'person'],
        ['author-born', '1990-02-01'],
      ],
    )
  })

  it('keeps requests with their answer or silence, and writes an entry for the record without publishing it', async () => {
    const from = ['--from', 'registered letter']
    await good('case', 'add', 'one', '--request', 'letter.pdf', '--to', 'ministry', '--day', '2026-03-06', ...from)
    await good('case', 'add', 'one', '--request', 'letter.pdf', '--to', 'provider', '--day', '2026-03-06', ...from)
    const named = [
      '--says',
      'act-named',
      '--act-number',
      '25-1',
      '--act-day',
      '2026-03-01',
      '--export-order',
      'order.json',
    ]
    await good(
      'case',
      'add',
      'one',
      '--answer',
      'letter.pdf',
      '--about',
      'r1',
      '--day',
      '2026-03-20',
      ...from,
      ...named,
    )
    const { orders } = ordersSchema.parse(JSON.parse(readFileSync(join(cwd, 'order.json'), 'utf8')))
    const [order] = orders
    assert.deepEqual(
      [order?.id, order?.number, order?.at, order?.requestedOn, order?.answeredOn, order?.source.checked],
      ['request-ministry-2026-03-06', '25-1', '2026-03-01', '2026-03-06', '2026-03-20', false],
    )
    await good(
      'case',
      'add',
      'one',
      '--silence',
      '--about',
      'r2',
      '--day',
      '2026-04-10',
      ...from,
      '--export-order',
      'silent.json',
    )
    const silent = ordersSchema.parse(JSON.parse(readFileSync(join(cwd, 'silent.json'), 'utf8'))).orders[0]
    assert.deepEqual([silent?.requestedOn, silent?.answeredOn, silent?.answer], ['2026-03-06', undefined, undefined])
    for (const text of [readFileSync(join(cwd, 'order.json'), 'utf8'), readFileSync(join(cwd, 'silent.json'), 'utf8')])
      for (const kept of ['Case one', caseOf('one').id, 'letter.pdf', 'registered'])
        assert.ok(!text.includes(kept), kept)
  })

  it('says of a silence that is noted before the term of the answer is over that it shows nothing yet', async () => {
    const from = ['--from', 'author']
    await good('case', 'new', 'early', '--name', 'x')
    await good('case', 'add', 'early', '--request', 'letter.pdf', '--to', 'provider', '--day', '2026-04-06', ...from)
    const add = (day: string): Promise<string> =>
      good('case', 'add', 'early', '--silence', '--about', 'r1', '--day', day, ...from)
    assert.match(await add('2026-04-27'), /has not passed: its last day is 27\sApril\s2026 \(a lawyer must confirm\)/)
    assert.doesNotMatch(await add('2026-04-28'), /not over/)
  })

  it('says in each language what is there, what is missing, and which terms run, each with article and mark', async () => {
    const words = {
      kk: [/Сотқа талап қою, белгілі болған күннен бастап/, /заңгер растауы керек/, /акт аталды/],
      ru: [/Иск в суд со дня, когда стало известно/, /должен подтвердить юрист/, /акт назван/],
      en: [/Claim to the court, counted from learning/, /a lawyer must confirm/, /an act was named/],
    }
    for (const lang of LANGS) {
      const said = await good('case', 'status', 'one', '--lang', lang)
      for (const word of words[lang]) assert.match(said, word, lang)
    }
    const json = JSON.parse(await good('case', 'status', 'one', '--json')) as never as {
      readonly deadlines: readonly {
        readonly rule: string
        readonly state: string
        readonly safe?: string
        readonly last?: string
      }[]
      readonly unanswered: readonly string[]
      readonly requests: readonly { readonly reply: { readonly kind: string } | null }[]
    }
    const claim = json.deadlines.find(({ rule }) => rule === 'claim-after-learning')
    assert.deepEqual([claim?.state, claim?.safe, claim?.last], ['running', '2026-04-03', '2026-06-05'])
    assert.equal(json.deadlines.find(({ rule }) => rule === 'appeal')?.state, 'not-running')
    assert.deepEqual(
      json.requests.map(({ reply }) => reply?.kind),
      ['answer', 'silence'],
    )
    assert.ok(json.unanswered.includes('harm') && !json.unanswered.includes('use'))
  })

  it('finds a document that was changed or is gone, and a journal that was', async () => {
    await good('case', 'new', 'lost', '--name', 'x')
    for (const day of ['2026-01-01', '2026-01-02'])
      await good('case', 'add', 'lost', '--act', 'letter.pdf', '--day', day, '--from', 'x')
    const [first, second] = readdirSync(join(cwd, 'lost', 'documents')).toSorted()
    appendFileSync(join(cwd, 'lost', 'documents', first ?? ''), 'x')
    rmSync(join(cwd, 'lost', 'documents', second ?? ''))
    const { exit, said } = await run('case', 'status', 'lost')
    assert.equal(exit, 3)
    assert.match(said, /r1 .*changed since/)
    assert.match(said, /r2 .*copy is missing/)
    assert.equal((await run('case', 'build', 'lost')).exit, 3)
    assert.ok(!existsSync(join(cwd, 'lost', 'papers')), 'no paper is made of documents that were changed')
    const journal = join(cwd, 'lost', 'journal.jsonl')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('2026-01-01', '2026-01-03'))
    assert.equal((await run('case', 'status', 'lost')).exit, 2)
  })
})

describe('kuager case build', { skip: 'missing' in press ? `needs ${press.missing}` : false }, () => {
  const papers = (): ReadonlyMap<string, string> =>
    new Map(
      readdirSync(join(cwd, 'built', 'papers')).map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(cwd, 'built', 'papers', name)))
          .digest('hex'),
      ]),
    )
  let bag: string

  before(async () => {
    const made = (await fillBundles(cwd)).bag
    bag = join('out', basename(made))
    // Run alone, the file has made it there.
    if (made !== join(cwd, bag)) cpSync(made, join(cwd, bag), { recursive: true })
    await good('case', 'new', 'built', '--name', 'x')
  })

  it('makes the papers of an empty case, all of it blanks, and none about what was not measured', async () => {
    assert.match(
      await good('case', 'build', 'built', '--most-pages', '1'),
      /communication-en\.pdf has \d+ pages\. .* at most 1 /,
    )
    const made = [...papers().keys()].filter((name) => name.endsWith('.pdf'))
    // Requests, claim, communication; complaint, prosecutor, Commissioner and special procedures: each in two languages.
    assert.equal(made.length, (ADDRESSEES.length + 1 + 1 + 4) * 2 + 3)
    const forLawyer = made.map((name) => name.replace('.pdf', '-lawyer.docx')).filter((name) => papers().has(name))
    assert.equal(forLawyer.length, made.length - 3, 'the index of annexes has nothing for a lawyer')
    assert.ok(!made.some((name) => /^(statement|means)-/.test(name)))
  })

  it('verifies a bundle that is added, reads its incident, and makes papers of it', async () => {
    const said = await good('case', 'add', 'built', '--bundle', bag, '--from', 'the site')
    assert.match(said, /verified: no problems found/)
    const about = ['--day', '2026-10-07', '--from', 'author']
    await good('case', 'add', 'built', '--request', 'letter.pdf', '--to', 'ministry', ...about)
    await good('case', 'add', 'built', '--answer', 'letter.pdf', '--says', 'no-act', '--about', 'r2', ...about)
    await good('case', 'build', 'built')
    const made = [...papers().keys()]
    for (const lang of LANGS)
      assert.ok(made.includes(`statement-${lang}.pdf`) && made.includes(`statement-${lang}.docx`), lang)
    assert.ok(made.includes('means-r1-kk.pdf') && made.includes('means-r1-ru.docx'))
    const status = JSON.parse(await good('case', 'status', 'built', '--json')) as never as {
      readonly points: readonly { readonly found: readonly { readonly point: string; readonly state: string }[] }[]
    }
    assert.deepEqual(
      status.points[0]?.found.map(({ point }) => point),
      [...POINTS],
    )
    assert.ok(status.points[0]?.found.some(({ state }) => state === 'missing'))
  })

  it(
    'names in the statement what was asked and answered, in its language and with the annex, and no request as an act',
    { skip: hasProgram('pdftotext') ? false : 'pdftotext: not installed' },
    () => {
      const read = (lang: string): string =>
        execFileSync('pdftotext', ['-layout', join(cwd, 'built', 'papers', `statement-${lang}.pdf`), '-'], {
          encoding: 'utf8',
        })
      const [acts = '', asked = ''] =
        read('en').split('Known legal acts on restrictions')[1]?.split('Requests for the act') ?? []
      assert.doesNotMatch(acts, /Request for the act/)
      assert.match(asked, /Authorised[^]*Annex\s2[^]*Annex\s3/)
      assert.doesNotMatch(asked, /\p{Script=Cyrillic}/u)
      assert.match(read('ru'), /Запросы об акте[^]*Приложение\s+№\s*2[^]*Приложение[^]*№\s*3/)
    },
  )

  it(
    'names the papers made of a bundle in the index of annexes, by the digest of their bytes',
    { skip: hasProgram('pdftotext') ? false : 'pdftotext: not installed' },
    () => {
      const index = join(cwd, 'built', 'papers', 'annexes-en.pdf')
      const words = execFileSync('pdftotext', [index, '-'], { encoding: 'utf8' }).replaceAll(/\s/g, '')
      // A hash is in several lines of its column: what the first of them holds is enough to know it.
      for (const name of ['statement-en.pdf', 'means-r1-ru.pdf'])
        assert.ok(words.includes((papers().get(name) ?? '-').slice(0, 20)), name)
    },
  )

  it('keeps what a person edited under another name, and gives the same bytes of everything else', async () => {
    const before = papers()
    for (const name of before.keys()) if (name !== 'claim-ru.docx') rmSync(join(cwd, 'built', 'papers', name))
    writeFileSync(join(cwd, 'built', 'papers', 'claim-ru.docx'), 'edited')
    assert.match(await good('case', 'build', 'built'), /claim-ru-edited-1\.docx/)
    const kept = join(cwd, 'built', 'papers', 'claim-ru-edited-1.docx')
    assert.equal(readFileSync(kept, 'utf8'), 'edited')
    rmSync(kept)
    assert.deepEqual(papers(), before)
  })

  it('adds a bundle that fails, says so, and ends with 3', async () => {
    const raw = join(cwd, bag, 'data', 'raw')
    appendFileSync(join(raw, readdirSync(raw)[0] ?? ''), ' ')
    const { exit, said } = await run('case', 'add', 'built', '--bundle', bag, '--from', 'an unknown person')
    assert.equal(exit, 3, said)
    assert.match(said, /problems were found: .*files/)
    assert.ok(existsSync(join(cwd, 'built', 'documents', `r4-${bag.slice(4)}`)))
    await good('case', 'build', 'built')
    assert.ok(papers().has('means-r1-kk.pdf') && !papers().has('means-r4-kk.pdf'))
  })
})
