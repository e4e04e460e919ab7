import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { CHECK, loggedCheck, TOOLS } from '../../../test/kit/site/saved-checks.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { caseSchema, type CaseRecord } from '../../casework/case/case-form.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { digestSavedCheck, formatSavedCheck } from '../../core/evidence/saved-check/digest.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { runCommand } from '../main.ts'

const press = await openPress()
const { saved, key } = loggedCheck()
const LINE = formatVerifierKey(key)
const SHA = digestSavedCheck(saved, TOOLS)

describe('a saved check in a case', () => {
  let cwd = ''
  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'kuager-case-check-'))
    assert.equal((await run('case', 'new', 'one', '--name', 'x')).exit, 0)
    writeFileSync(join(cwd, 'check.json'), formatSavedCheck(saved))
    writeFileSync(join(cwd, 'changed.json'), formatSavedCheck({ ...saved, check: { ...CHECK, network: 1 } }))
    writeFileSync(join(cwd, 'photo.jpg'), Uint8Array.from([0xff, 0xd8, 0xff]))
  })
  after(() => rmSync(cwd, { recursive: true }))

  const run = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly said: string }> => {
    let said = ''
    const world = testWorld(cwd, (text) => (said += text))
    return { exit: await runCommand(args, { ...world, env: { KUAGER_LANG: 'en' } }), said }
  }
  const added = (file: string, ...more: readonly string[]): ReturnType<typeof run> =>
    run('case', 'add', 'one', '--saved-check', file, '--day', '2026-03-05', '--from', 'telephone', ...more)
  const last = (): CaseRecord | undefined =>
    caseSchema.parse(JSON.parse(readFileSync(join(cwd, 'one/case.json'), 'utf8'))).records.at(-1)

  it('is held to the log whose key is named, and what was found is kept', async () => {
    const { exit, said } = await added('check.json', '--key', LINE)
    assert.equal(exit, 0, said)
    assert.match(said, /compared with the log: no problems found/)
    assert.deepEqual(last()?.check, { kind: 'sound', sha256: SHA, origin: 'log.example/log', leaf_index: 2 })
  })

  it('without a key is not said to be of any log', async () => {
    const { exit, said } = await added('check.json')
    assert.equal(exit, 0, said)
    assert.match(said, /it was not checked whose log that is/)
    assert.equal(last()?.check?.kind, 'not-compared')
  })

  it('that fails is kept, said to fail, and ends with 3', async () => {
    const changed = await added('changed.json', '--key', LINE)
    assert.equal(changed.exit, 3)
    assert.match(changed.said, /problems were found: digest\n/)
    assert.deepEqual(last()?.check, { kind: 'wanting', steps: ['digest'] })
    const other = formatVerifierKey(loggedCheck({ secret: 'another' }).key)
    assert.match((await added('check.json', '--key', other)).said, /problems were found: checkpoint\n/)
    const photo = await added('photo.jpg', '--key', LINE)
    assert.equal(photo.exit, 3)
    assert.deepEqual(last()?.check, { kind: 'wanting', steps: ['form'] })
  })

  it('alone takes the key of a log, and a key that is one', async () => {
    const before = readFileSync(join(cwd, 'one/case.json'))
    for (const args of [
      ['--document', 'photo.jpg', '--key', LINE],
      ['--saved-check', 'check.json', '--key', 'no key'],
      ['--saved-check', 'check.json', '--key', `${LINE}x`],
    ])
      assert.equal(
        (await run('case', 'add', 'one', ...args, '--day', '2026-03-05', '--from', 'x')).exit,
        2,
        args.join(' '),
      )
    assert.deepEqual(readFileSync(join(cwd, 'one/case.json')), before)
  })

  it('is in the status of the case with what was found', async () => {
    const { said } = await run('case', 'status', 'one')
    assert.match(said, /changed\.json\n.*problems were found: digest/)
    const json = (await run('case', 'status', 'one', '--json')).said
    assert.match(json, /"verified":"sound".*"verified":"not-compared".*"verified":"wanting"/)
  })

  const skip = 'missing' in press ? press.missing : hasProgram('pdftotext') ? false : 'needs pdftotext'
  it('is named in the index of annexes by number and digest, unless it fails', { skip }, async () => {
    const { exit, said } = await run('case', 'build', 'one')
    assert.equal(exit, 0, said)
    const wordsOf = (lang: string): string =>
      execFileSync('pdftotext', [join(cwd, `one/papers/annexes-${lang}.pdf`), '-'], { encoding: 'utf8' })
    for (const [lang, wanting] of [
      ['en', /problems found: nothing is concluded from it/],
      ['ru', /выводы из неё не делаются/],
      ['kk', /одан қорытынды шығарылмайды/],
    ] as const)
      assert.match(wordsOf(lang).replaceAll(/\s+/g, ' '), wanting)
    const bare = wordsOf('en').replaceAll(/\s/g, '')
    assert.ok(bare.includes('2(log.example/log)'), bare)
    // A hash is in several lines of its column: what the first of them holds is enough to know it.
    assert.equal(bare.split(SHA.slice(0, 10)).length - 1, 2, 'of the sound one and of the one that was not compared')
  })
})
