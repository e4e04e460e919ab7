import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fullCase } from '../../../test/kit/evening/sample-case.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { openCaseFolder } from '../../casework/case/case-folder.ts'
import { addRecord } from '../../casework/case/change.ts'
import { PaperFolder } from '../../casework/case/paper-folder.ts'
import { parseDay } from '../../casework/deadlines/calendar.ts'
import { lawRecord } from '../../casework/law/law-notice.ts'
import { loadLaw } from '../../casework/law/load-law.ts'
import { parseInstant } from '../../core/model/units.ts'
import { readRevisions, sinceBundles } from '../../app/case/revisions.ts'
import { writeCaseStatus } from './status.ts'
import { runCommand } from '../main.ts'

const cwd = mkdtempSync(join(tmpdir(), 'kuager-case-status-'))
after(() => rmSync(cwd, { recursive: true, force: true }))

async function good(...args: readonly string[]): Promise<string> {
  let said = ''
  const world = testWorld(cwd, (text) => (said += text))
  assert.equal(await runCommand(args, { ...world, env: { KUAGER_LANG: 'en' } }), 0, said)
  return said
}

/** What the status says of a case on a day, on one line. */
async function statusOn(folder: string, day: string): Promise<string> {
  let said = ''
  const world = testWorld(cwd, (text) => (said += text))
  const now = parseInstant(`${day}T08:00:00Z`)
  await writeCaseStatus(join(cwd, folder), { world, lang: 'en', now, json: false })
  return said.replaceAll(/\s+/gu, ' ')
}

describe('kuager case status', () => {
  it('says of each term whose request it is, and calls none over between its safe day and its last one', async () => {
    writeFileSync(join(cwd, 'letter.pdf'), 'a letter')
    writeFileSync(join(cwd, 'learned.json'), JSON.stringify({ learned: '2026-03-06' }))
    await good('case', 'new', 'terms', '--name', 'x')
    for (const to of ['ministry', 'provider'])
      await good('case', 'add', 'terms', '--request', 'letter.pdf', '--to', to, '--from', 'post', '--day', '2026-03-10')
    await good('case', 'add', 'terms', '--intake', 'learned.json')
    const before = await statusOn('terms', '2026-06-05')
    assert.match(before, /\(r1, Authorised body \(ministry\)\).*\(r2, Telecommunications operator\)/)
    // 6 June 2026 is a Saturday: the term moves to the 8th, and the 5th is the day to go by.
    assert.match(before, /Pre-trial complaint: by 5 June 2026/)
    assert.match(
      await statusOn('terms', '2026-06-08'),
      /Pre-trial complaint: the safe date was 5 June 2026: ask a lawyer at once.*last day by the longest reading: 8 June 2026/,
    )
    assert.match(await statusOn('terms', '2026-06-09'), /Pre-trial complaint: ended on 8 June 2026/)
    // One month is the safe reading of a claim; three months is the longest, and nothing is over before it.
    assert.match(await statusOn('terms', '2026-06-08'), /counted from learning: the safe date was 6 April 2026/)
    assert.match(await statusOn('terms', '2026-06-09'), /counted from learning: ended on 8 June 2026/)
  })
  it('says whether the papers are of the case as it stands', async () => {
    await good('case', 'new', 'papers', '--name', 'x')
    const state = async (): Promise<string> =>
      /Documents (.*) Requests/.exec(await statusOn('papers', '2026-06-05'))?.[1] ?? ''
    assert.match(await state(), /^No documents have been built yet/)
    const made = await PaperFolder.open(join(cwd, 'papers', 'papers'))
    await made.put('claim-ru.pdf', Uint8Array.of(1))
    await made.finish(await openCaseFolder(join(cwd, 'papers')), lawRecord(loadLaw(), [], []))
    assert.equal(await state(), 'Up to date with the case.')
    for (const day of ['2026-03-10', '2026-03-11'])
      await good('case', 'add', 'papers', '--act', 'letter.pdf', '--from', 'post', '--day', day)
    assert.match(await state(), /^Older than the case, changes since then: 2\. Rebuild them/)
    rmSync(join(cwd, 'papers', 'papers', 'made-of.json'))
    assert.match(await state(), /^It is not known which data they were built from/)
  })
})

describe('the law of a case', () => {
  const folder = join(cwd, 'before')

  it('that changed since its documents were made is reported, until they are made again', async () => {
    await good('case', 'new', 'before', '--name', 'x')
    assert.doesNotMatch(await statusOn('before', '2026-12-01'), /law data/)
    const papers = await PaperFolder.open(join(folder, 'papers'))
    const file = await openCaseFolder(folder)
    await papers.put('claim-ru.pdf', Uint8Array.of(1))
    await papers.finish(file, lawRecord(loadLaw(), [], []))
    assert.doesNotMatch(await statusOn('before', '2026-12-01'), /law data/)
    // As an older program left it: the folder does not say which law its documents were made with.
    const path = join(folder, 'papers', 'made-of.json')
    const { law: _, ...older } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    writeFileSync(path, JSON.stringify(older))
    const told = await statusOn('before', '2026-12-01')
    assert.match(
      told,
      /It is not known which version of the law data .*computed as one month; it was computed as three/,
    )
    assert.match(told, /An appeal has two months; ten working days were computed/)
    const used = { 'rule:claim-after-learning': '0'.repeat(64) }
    const record = { version: '2026-01-01', sha256: '0'.repeat(64), used }
    writeFileSync(path, JSON.stringify({ ...older, law: record }))
    const changed = await statusOn('before', '2026-12-01')
    assert.match(changed, /version 2026-01-01.*Changed rules: Claim to the court, counted from learning .*one month/)
    assert.doesNotMatch(changed, /An appeal has two months/)
  })

  it('is printed with what it says, how it is known and its sources, of a case or whole', async () => {
    const whole = await good('case', 'law')
    assert.match(whole, new RegExp(`^Version of the law data: .*SHA-256:\\s+${loadLaw().sha256}`))
    assert.match(whole, /article 136[^]*one month[^]*confidence medium; a lawyer must confirm[^]*Sources: https/)
    const own = JSON.parse(await good('case', 'law', 'before', '--json')) as { readonly provisions: readonly unknown[] }
    assert.ok(own.provisions.length > 20 && own.provisions.length < loadLaw().provisions.size)
    assert.equal(await runCommand(['case', 'law', 'a', 'b'], testWorld(cwd)), 2)
  })
})

describe('kuager case add --mistake', () => {
  it('takes a record out of requests and terms, shows it with its reason, and asks for one', async () => {
    await good('case', 'new', 'mistaken', '--name', 'x')
    const request = ['--request', 'letter.pdf', '--to', 'provider', '--from', 'post', '--day', '2026-03-10']
    await good('case', 'add', 'mistaken', ...request)
    assert.match(
      await statusOn('mistaken', '2026-06-05'),
      /Answer to the request: counted from sending, the last day was 3 April 2026/,
    )
    const world = testWorld(cwd)
    assert.equal(await runCommand(['case', 'add', 'mistaken', '--mistake', 'r1'], world), 2)
    assert.match(
      await good('case', 'add', 'mistaken', '--mistake', 'r1', '--note', 'wrong day'),
      /appears in no document/,
    )
    const said = await statusOn('mistaken', '2026-06-05')
    assert.match(
      said,
      /r1 10 March 2026 Request for the act: Telecommunications operator entered by mistake: wrong day/,
    )
    assert.match(said, /No request is recorded in this case/)
    assert.doesNotMatch(said, /Answer to the request: counted/)
  })
})

describe('kuager case add --means', () => {
  it('takes points of the note on technical means for a bundle, and refuses what is no point of it', async () => {
    await good('case', 'new', 'means', '--name', 'x')
    const acting = { actor: 'volunteer', now: parseInstant('2026-04-20T08:00:00Z') }
    const day = parseDay('2026-04-10')
    const options = { signal: new AbortController().signal }
    await addRecord(
      join(cwd, 'means'),
      { kind: 'bundle', day, from: 'x', file: join(cwd, 'letter.pdf') },
      acting,
      options,
    )
    const add = (value: unknown, ...about: readonly string[]): Promise<number> => {
      writeFileSync(join(cwd, 'means.json'), JSON.stringify(value))
      return runCommand(['case', 'add', 'means', '--means', 'means.json', ...about], testWorld(cwd))
    }
    assert.equal(await add({ who: 'x', clock: '0,2 s' }, '--about', 'r1'), 0)
    const { means } = await openCaseFolder(join(cwd, 'means'))
    assert.deepEqual(means, { r1: { who: 'x', clock: '0,2 s' } })
    for (const wrong of [{ whom: 'x' }, { who: 7 }, { who: ' ' }, [], {}])
      assert.equal(await add(wrong, '--about', 'r1'), 2, JSON.stringify(wrong))
    assert.equal(await add({ who: 'x' }), 2)
    assert.equal(await add({ who: 'x' }, '--about', 'r7'), 2)
  })
})

describe('incidents of a case, held to a list of them as they stand now', () => {
  const incident = { id: 'youtube-as64496-20260305T1502Z', revision: 2, withdrawn: false, more: 1 }
  const world = testWorld(cwd)
  const since = async (text: string): Promise<readonly unknown[]> => {
    writeFileSync(join(cwd, 'list.json'), text)
    return [...sinceBundles(fullCase(), await readRevisions('list.json', world)).values()]
  }

  it('are the same, revised, withdrawn or not in it, in each form that the list may have', async () => {
    const lines = (change: object): string =>
      `${JSON.stringify({ ...incident, revision: 1 })}\n${JSON.stringify({ ...incident, ...change })}\n`
    const answer = (change: object): string =>
      JSON.stringify({ simulated: true, next: null, incidents: [{ ...incident, ...change }] })
    const list = (change: object): string => JSON.stringify([{ ...incident, ...change }])
    for (const form of [lines, answer, list]) {
      assert.deepEqual(await since(form({})), [{ kind: 'same' }])
      assert.deepEqual(await since(form({ revision: 4 })), [{ kind: 'revised', revision: 4 }])
      assert.deepEqual(await since(form({ revision: 4, withdrawn: true })), [{ kind: 'withdrawn' }])
    }
    assert.deepEqual(await since(list({ id: 'another' })), [{ kind: 'not-listed' }])
  })

  it('are not held to what is no such list', async () => {
    for (const wrong of ['', '{', '[]', '7', '{"incidents":[]}', '[{"id":"x"}]', `${JSON.stringify(incident)}\n{}`])
      await assert.rejects(since(wrong), { name: 'InputError', path: '--revisions' }, wrong)
    await assert.rejects(readRevisions('nowhere.json', world), { name: 'InputError', path: '--revisions' })
  })
})
