import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { MOMENTS, stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { defined } from '../../core/model/defined.ts'
import { parseInstant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { changeCase, createCase, openCaseFolder, readJournal, type CaseChange } from './case-folder.ts'
import type { CaseFile, CaseRecord } from './case-form.ts'
import { addAnswers, addRecord, type NewRecord } from './change.ts'
import { computeDeadlines } from '../deadlines/compute.ts'
import { loadLaw } from '../law/load-law.ts'
import { answerDeadline, eventDay, occurrencesOf, requestsOf, stayedSilent } from './occurrences.ts'
import { findChange } from './take-in.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-case-'))
after(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const fresh = (): string => join(root, `case-${made++}`)
const acting = { actor: 'lawyer', now: parseInstant('2026-04-20T08:00:00Z') }
const signal = new AbortController().signal
const day = parseDay
const law = loadLaw()
const THIS_FILE = new URL(import.meta.url).pathname

const REQUEST: NewRecord = { kind: 'request', day: day('2026-04-06'), addressee: 'ministry', from: 'registered letter' }
const add = (folder: string, record: NewRecord): Promise<CaseFile> => addRecord(folder, record, acting, { signal })

describe('the folder of a case', () => {
  it('is readable by its owner alone, with every file in it', async () => {
    const folder = fresh()
    await createCase(folder, 'Case one', acting)
    writeFileSync(join(root, 'letter.pdf'), 'a letter', { mode: 0o644 })
    await add(folder, { ...REQUEST, file: join(root, 'letter.pdf') })
    for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
      const { mode } = statSync(join(folder, path))
      assert.equal(mode & 0o077, 0, `${path} ${mode.toString(8)}`)
    }
    assert.deepEqual(readdirSync(folder).toSorted(), ['case.json', 'documents', 'journal.jsonl'])
  })

  it('is not made where something is, nor where others may read', async () => {
    const full = fresh()
    mkdirSync(full, { mode: 0o700 })
    writeFileSync(join(full, 'x'), '')
    await assert.rejects(createCase(full, 'x', acting), { name: 'InputError', code: 'case.exists' })
    const open = fresh()
    mkdirSync(open)
    chmodSync(open, 0o755)
    await assert.rejects(createCase(open, 'x', acting), { name: 'InputError', code: 'case.open' })
    assert.deepEqual(readdirSync(open), [])
  })

  it('keeps a copy of a document with digest and name, under a name that every disk takes', async () => {
    const folder = fresh()
    await createCase(folder, 'x', acting)
    const odd = join(root, 'Жауап ../№ 5 "x"\u202e.PDF'.replaceAll('/', '_'))
    writeFileSync(odd, 'answer')
    const after = await add(folder, { ...REQUEST, file: odd })
    const held = after.records[0]?.held
    assert.ok(held !== undefined)
    assert.match(held.path, /^documents\/r1-[a-z0-9.-]+pdf$/)
    assert.equal(readFileSync(join(folder, held.path), 'utf8'), 'answer')
    assert.equal(await findChange(folder, held, signal), undefined)
    writeFileSync(join(folder, held.path), 'other')
    assert.equal(await findChange(folder, held, signal), 'changed')
    rmSync(join(folder, held.path))
    assert.equal(await findChange(folder, held, signal), 'missing')
  })

  it('takes a folder in whole, finds a change in it, and follows no link out of it', async () => {
    const folder = fresh()
    await createCase(folder, 'x', acting)
    const bag = join(root, 'bag-1')
    mkdirSync(join(bag, 'data'), { recursive: true })
    writeFileSync(join(bag, 'bagit.txt'), 'x')
    writeFileSync(join(bag, 'data', 'a.json'), '{}')
    const bundle: NewRecord = { kind: 'bundle', day: day('2026-04-10'), from: 'the site', file: bag }
    const held = (await add(folder, bundle)).records[0]?.held
    assert.ok(held !== undefined)
    assert.deepEqual([held.files, held.size], [2, 3])
    assert.equal(await findChange(folder, held, signal), undefined)
    writeFileSync(join(folder, held.path, 'data', 'b.json'), '{}')
    assert.equal(await findChange(folder, held, signal), 'changed')
    symlinkSync('/etc/hostname', join(bag, 'data', 'link'))
    await assert.rejects(add(folder, bundle), { name: 'InputError', code: 'document.unreadable' })
    assert.equal((await openCaseFolder(folder)).records.length, 1)
  })
})

describe('what is added to a case', () => {
  const folder = fresh()
  it('is refused with the place of the fault where it does not fit, and nothing is lost', async () => {
    await createCase(folder, 'x', acting)
    await add(folder, REQUEST)
    const before = readFileSync(join(folder, 'case.json'))
    const wrong: readonly (readonly [NewRecord, string])[] = [
      [{ ...REQUEST, day: day('2026-04-21') }, '--day'],
      [{ kind: 'request', day: day('2026-04-06'), from: 'x' }, '--to'],
      [{ kind: 'answer', day: day('2026-04-10'), from: 'x' }, '--about'],
      [{ kind: 'answer', day: day('2026-04-10'), from: 'x', about: 'r9' }, '--about'],
      [{ kind: 'answer', day: day('2026-04-05'), from: 'x', about: 'r1' }, '--day'],
      [{ kind: 'act', day: day('2026-04-10'), from: 'x', about: 'r1' }, '--about'],
      [{ kind: 'act', day: day('2026-04-10'), from: 'x', learned: day('2026-04-09') }, '--learned'],
      [{ kind: 'act', day: day('2026-04-10'), from: 'x', says: 'no-act' }, '--says'],
      [{ kind: 'act', day: day('2026-04-10'), from: 'x', act_day: day('2026-04-21') }, '--day'],
      [{ kind: 'bundle', day: day('2026-04-10'), from: 'x' }, 'file'],
      [{ kind: 'silence', day: day('2026-04-20'), from: 'x', about: 'r1', file: THIS_FILE }, 'file'],
      [{ kind: 'receipt', day: day('2026-04-10'), from: 'x' }, '--about'],
      [{ kind: 'prolonged', day: day('2026-04-10'), from: 'x', about: 'r9' }, '--about'],
      [{ ...REQUEST, until: day('2026-04-21') }, '--until'],
      [{ ...REQUEST, file: join(root, 'nowhere') }, join(root, 'nowhere')],
    ]
    for (const [record, path] of wrong) await assert.rejects(add(folder, record), { name: 'InputError', path })
    assert.deepEqual(readFileSync(join(folder, 'case.json')), before)
    assert.deepEqual(readdirSync(join(folder, 'documents')), [])
  })

  it('joins a request to its answer or silence, and stops the term of the answer', async () => {
    await add(folder, { ...REQUEST, addressee: 'provider' })
    const answered = await add(folder, {
      kind: 'answer',
      day: day('2026-04-15'),
      from: 'post',
      about: 'r1',
      says: 'no-act',
    })
    assert.deepEqual(
      requestsOf(answered).map(({ reply }) => reply?.says),
      ['no-act', undefined],
    )
    assert.deepEqual(occurrencesOf(answered, law), [
      { event: 'request-sent', day: '2026-04-06', open: true, record: 'r2' },
    ])
  })

  it('stops the term of a decision with it, and counts a silence only when the term of the answer is over', () => {
    const at = { from: 'x', added_at_utc: '2026-04-20T08:00:00Z', added_by: 'x' }
    const record = (id: string, kind: CaseRecord['kind'], on: string, about?: string): CaseRecord => ({
      id,
      kind,
      day: day(on),
      ...at,
      ...defined({ about }),
    })
    const complaint = record('r1', 'complaint', '2026-03-10')
    const events = (records: readonly CaseRecord[]): readonly string[] =>
      occurrencesOf({ records: [...records], answers: {} }, law).map(({ event }) => event)
    assert.deepEqual(events([complaint]), ['complaint-filed', 'complaint-undecided'])
    assert.deepEqual(events([complaint, record('r2', 'complaint-answer', '2026-03-20', 'r1')]), ['complaint-answered'])
    const request = record('r1', 'request', '2026-04-06')
    const last = (...more: readonly CaseRecord[]): string =>
      answerDeadline(request, { records: [request, ...more] }, law).last
    assert.equal(last(), '2026-04-27')
    const silent = (on: string, ...more: readonly CaseRecord[]): boolean => {
      const reply = record('r2', 'silence', on, 'r1')
      return stayedSilent({ request, reply }, { records: [request, ...more, reply] }, law)
    }
    assert.deepEqual([silent('2026-04-27'), silent('2026-04-28')], [false, true])
    // Receipt, a notice that it takes longer, and passing on each move the last day.
    const received = record('r3', 'receipt', '2026-04-09', 'r1')
    assert.equal(last(received), '2026-04-30')
    assert.deepEqual([silent('2026-04-30', received), silent('2026-05-02', received)], [false, true])
    const notice = record('r4', 'prolonged', '2026-04-20', 'r1')
    assert.equal(last(received, notice), '2026-06-30')
    assert.equal(last(received, { ...notice, until: day('2026-05-15') }), '2026-05-15')
    const passed = { ...record('r5', 'answer', '2026-04-13', 'r1'), says: 'passed-on' as const }
    assert.equal(last(received, passed), '2026-05-05')
    assert.ok(events([request, received, passed]).includes('request-passed-on'), 'it runs on with the other body')
  })

  it('sets a complaint running from the last day of an answer that did not come, and a claim from that of a decision', () => {
    const at = { from: 'x', added_at_utc: '2026-04-20T08:00:00Z', added_by: 'x' }
    const request: CaseRecord = { id: 'r1', kind: 'request', day: day('2026-04-06'), ...at }
    const silence = (on: string): CaseRecord => ({ id: 'r2', kind: 'silence', day: day(on), about: 'r1', ...at })
    const found = (records: readonly CaseRecord[]): unknown =>
      occurrencesOf({ records: [...records], answers: {} }, law)
    assert.deepEqual(found([request, silence('2026-04-27')]), [
      { event: 'request-sent', day: '2026-04-06', open: true, record: 'r1' },
    ])
    assert.deepEqual(found([request, silence('2026-05-20')]), [
      { event: 'request-unanswered', day: '2026-04-27', latest: '2026-04-27', record: 'r1', open: true },
    ])
    const received: CaseRecord = { ...request, id: 'r4', kind: 'receipt', day: day('2026-04-13'), about: 'r1' }
    assert.deepEqual(found([request, received, silence('2026-05-20')]), [
      { event: 'request-unanswered', day: '2026-04-27', latest: '2026-05-05', record: 'r1' },
    ])
    const complaint: CaseRecord = { id: 'r3', kind: 'complaint', day: day('2026-04-20'), ...at }
    assert.deepEqual(found([complaint]), [
      { event: 'complaint-filed', day: '2026-04-20', open: true, record: 'r3' },
      // Twenty working days with the holidays of May, and without any for the safe day.
      { event: 'complaint-undecided', day: '2026-05-18', latest: '2026-05-21', record: 'r3', open: true },
    ])
  })

  it('counts a judgment from its own day for the safe date, and from the day the author learned of it for the last', () => {
    const at = { from: 'x', added_at_utc: '2026-04-20T08:00:00Z', added_by: 'x' }
    const judgment: CaseRecord = { id: 'r1', kind: 'first-judgment', day: day('2026-03-02'), ...at }
    const appeal = (record: CaseRecord): unknown =>
      computeDeadlines(occurrencesOf({ records: [record], answers: {} }, law), law).flatMap((one) =>
        one.kind === 'running' && one.rule.id === 'appeal' ? [[one.safe, one.last]] : [],
      )
    assert.deepEqual(appeal(judgment), [['2026-04-30', '2026-05-04']])
    assert.deepEqual(appeal({ ...judgment, learned: day('2026-04-02') }), [['2026-04-30', '2026-06-02']])
  })

  it('is cited by the day of the act where one is named, else by that of what happened', () => {
    const at = { from: 'x', added_at_utc: '2026-04-20T08:00:00Z', added_by: 'x' }
    const act: CaseRecord = { id: 'r1', kind: 'act', day: day('2026-04-06'), act_day: day('2026-03-01'), ...at }
    const failed = { value: '2026-03-04', by: 'x', on: day('2026-04-06') }
    assert.equal(eventDay({ records: [act], answers: { 'first-failed': failed } }), '2026-03-01')
    assert.equal(eventDay({ records: [], answers: { 'first-failed': failed } }), '2026-03-04')
    assert.equal(eventDay({ records: [], answers: {} }), undefined)
    assert.ok(occurrencesOf({ records: [act], answers: {} }, law).some(({ event }) => event === 'act-adopted'))
  })

  it('answers the questions of the questionnaire, each in its kind', async () => {
    for (const [id, value] of [
      ['learned', '2026-02-30'],
      ['learned', '2026-04-21'],
      ['anonymity', 'yes'],
      ['author-kind', 'party'],
      ['author-born', '1899-12-31'],
      ['use', '   '],
      ['use', 'x'.repeat(20_001)],
    ] as const)
      await assert.rejects(addAnswers(folder, [{ id, value }], acting), { name: 'InputError', path: `/${id}` })
    const after = await addAnswers(
      folder,
      [
        { id: 'learned', value: '2026-03-05' },
        { id: 'consent', value: true },
        { id: 'author-born', value: '1931-06-30' },
      ],
      acting,
    )
    assert.equal(after.answers['author-born']?.value, '1931-06-30')
    assert.deepEqual(after.answers.learned, { value: '2026-03-05', by: 'lawyer', on: '2026-04-20' })
    assert.ok(occurrencesOf(after, law).some(({ event }) => event === 'restriction-learned'))
  })

  it('is a line of the journal, and a line changed by hand is found', async () => {
    const lines = await readJournal(folder)
    assert.deepEqual(
      lines.map(({ what }) => what),
      ['made', 'added', 'added', 'added', 'answered'],
    )
    const path = join(folder, 'journal.jsonl')
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, whole.replace('"2026-04-15"', '"2026-04-14"'))
    await assert.rejects(readJournal(folder), { name: 'InputError', path: 'line 5' })
    writeFileSync(path, `${whole.split('\n').slice(0, -2).join('\n')}\n`)
    assert.equal((await openCaseFolder(folder)).records.length, 3, 'only the last line is repaired')
    assert.equal(readFileSync(path, 'utf8'), whole)
    writeFileSync(path, whole.split('\n').slice(1).join('\n'))
    await assert.rejects(openCaseFolder(folder), { name: 'InputError', code: 'case.unreadable' })
    writeFileSync(path, whole)
  })

  it('waits for no second command: one at a time, and a lock whose process is gone is taken over', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let begun: () => void = () => undefined
    const started = new Promise<void>((resolve) => (begun = resolve))
    const entry: CaseChange['entry'] = { what: 'answered', about: [], detail: {} }
    const first = changeCase(folder, acting, async (now) => {
      begun()
      await held
      return { next: now, entry }
    })
    await started
    await assert.rejects(addAnswers(folder, [{ id: 'consent', value: false }], acting), { code: 'case.busy' })
    release()
    await first
    writeFileSync(join(folder, 'case.lock'), '4194305')
    await addAnswers(folder, [{ id: 'consent', value: false }], acting)
    assert.ok(!existsSync(join(folder, 'case.lock')))
  })
})

describe('a file of a case that is not what it should be', () => {
  it('is refused with its place', async () => {
    const folder = fresh()
    await assert.rejects(openCaseFolder(folder), { name: 'InputError', code: 'case.unreadable' })
    const good = await createCase(folder, 'x', acting)
    const put = (value: unknown): void =>
      writeFileSync(join(folder, 'case.json'), typeof value === 'string' ? value : JSON.stringify(value))
    for (const bad of [
      '{',
      '[]',
      { ...good, format: 'kuager-case/9' },
      { ...good, extra: 1 },
      { ...good, answers: { learned: { value: 'soon', by: 'x', on: '2026-04-20' } } },
      {
        ...good,
        records: [
          { id: 'r1', kind: 'act', day: '2026-13-01', from: 'x', added_at_utc: good.made_at_utc, added_by: 'x' },
        ],
      },
      {
        ...good,
        records: [
          { id: 'r1', kind: 'bundle', day: '2026-01-01', from: 'x', added_at_utc: good.made_at_utc, added_by: 'x' },
        ],
      },
    ]) {
      put(bad)
      await assert.rejects(openCaseFolder(folder), { name: 'InputError' }, JSON.stringify(bad).slice(0, 80))
    }
    put(good)
    assert.deepEqual(await openCaseFolder(folder), good)
  })
})

describe('a change that is stopped anywhere', () => {
  it('leaves the case of before or after it, whole, with the journal that belongs to it', async () => {
    const stopped = new Error('stopped')
    const stop = (): Promise<never> => Promise.reject(stopped)
    let ends = 0
    for (let step = 0; ends === 0; step++)
      for (const moment of MOMENTS) {
        const folder = fresh()
        await createCase(folder, 'x', acting)
        const { disk, steps } = stoppingDisk(REAL_DISK, folder, { step, moment, stop })
        const entry: CaseChange['entry'] = { what: 'answered', about: ['consent'], detail: {} }
        const next = (now: CaseFile): CaseFile => ({
          ...now,
          answers: { consent: { value: true, by: 'lawyer', on: day('2026-04-20') } },
        })
        const outcome = await changeCase(folder, acting, (now) => ({ next: next(now), entry }), disk).catch(
          (error: unknown) => error,
        )
        if (outcome !== stopped) ends += 1
        const left = await openCaseFolder(folder)
        const lines = await readJournal(folder)
        assert.equal(lines.length, left.answers.consent === undefined ? 1 : 2, `${moment} ${steps[step] ?? 'end'}`)
        assert.equal(left.journal.lines, lines.length)
        await addAnswers(folder, [{ id: 'consent', value: false }], acting)
      }
  })
})
