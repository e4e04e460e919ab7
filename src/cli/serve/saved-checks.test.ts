import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { CHECK, loggedCheck, TOOLS } from '../../../test/kit/site/saved-checks.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { solvedWork } from '../../../test/kit/site/solved-work.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { makeSavedCheck } from '../../core/evidence/saved-check/saved-check.ts'
import { digestSavedCheck, formatSavedCheck } from '../../core/evidence/saved-check/digest.ts'
import { SAVED_CHECK_PROBLEMS, SAVED_CHECK_STEPS } from '../../core/evidence/saved-check/steps.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import type { SavedCheck } from '../../core/model/people/saved-check.ts'
import { instant, millis } from '../../core/model/units.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'
import { folderSavedChecks } from '../../app/observatory/saved-checks.ts'

const ANSWER = z.strictObject({ leaf_index: z.number(), entry: z.string(), leaf: z.string(), receipt: z.string() })

const run = async (
  cwd: string,
  ...args: readonly string[]
): Promise<{ readonly exit: number; readonly out: string }> => {
  let out = ''
  const world = testWorld(cwd, (text) => (out += text))
  return { exit: await runCommand(args, world), out }
}

describe('a check that a person keeps', () => {
  let root = ''
  let served: ServedFolder | undefined
  let url = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-saved-'))
    await withFolder(testWorld(root), { folder: 'data', name: 'test', args: [] }, async (open) => {
      const archive = await open.archive()
      await using log = await openTransparencyLog(open.logFolder, {
        archive,
        begin: { simulated: false, at: instant(0) },
      })
      await log.append('custody-event', Buffer.from('{}'), instant(0))
      await log.sequence()
      return 0
    })
    served = await serveFolderAt('data', root, ['--trusted-proxy', '127.0.0.1/32'])
    url = served.url
  })
  after(async () => {
    await served?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  const post = async (sha256: string, sender: string, solution?: string): Promise<Response> => {
    const work = solution ?? (await solvedWork(url, 'saved-check'))
    return fetch(`${url}log/saved-checks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': sender },
      body: JSON.stringify({ sha256, work }),
    })
  }
  const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

  /** What a page does: sends the digest, writes what comes back into the file, fetches the proof. */
  async function keep(bare: SavedCheck, sender: string): Promise<SavedCheck> {
    const answer = await post(digestSavedCheck(bare, TOOLS), sender)
    assert.equal(answer.status, 201)
    const { receipt, ...given } = ANSWER.parse(await answer.json())
    assert.ok(served !== undefined)
    await served.kuager('log', 'sequence')
    const proof = await (await fetch(`${url.slice(0, -1)}${receipt}`)).text()
    return { ...bare, logged: { ...given, proof } }
  }

  it('is logged by its digest, proven by its file, and found out if it was changed', async () => {
    const bare = makeSavedCheck(CHECK, Buffer.alloc(16, 7))
    const saved = await keep(bare, '198.51.100.7')
    const keys = await (await fetch(`${url}log/keys`)).text()
    writeFileSync(join(root, 'log.keys'), keys)
    writeFileSync(join(root, 'check.json'), formatSavedCheck(saved))
    const words = { en: 'The saved check is valid', ru: 'проверка подтверждена', kk: 'тексеру расталды' } as const
    for (const [lang, word] of Object.entries(words)) {
      const { exit, out } = await run(root, 'verify', 'check.json', '--key', 'log.keys', '--lang', lang)
      assert.equal(exit, 0, out)
      assert.ok(out.includes(word), out)
      assert.equal(out.split('\n').filter((line) => /^\u2713 +\d /.test(line)).length, 5, out)
      assert.doesNotMatch(out, /[{}]/)
    }
    const unnamed = await run(root, 'verify', 'check.json', '--lang', 'en')
    assert.equal(unnamed.exit, 0)
    assert.match(unnamed.out, /Signature of the log: not checked/)
    assert.match(unnamed.out, /Anyone who invents a check can invent a log for it/)
    const changed = { ...saved, check: { ...CHECK, network: 64_501 } }
    writeFileSync(join(root, 'changed.json'), formatSavedCheck(changed))
    const wanting = await run(root, 'verify', 'changed.json', '--key', 'log.keys', '--lang', 'en')
    assert.equal(wanting.exit, 3)
    assert.match(wanting.out, /SHA-256 checksum: failed\n.*\n.*not the check that was logged: altered or replaced/)
    assert.match(
      wanting.out,
      /Do not rely on this saved check\. Steps that found a problem: 1\.\n +2 SHA-256 checksum\n$/,
    )
    const json = await run(root, 'verify', 'changed.json', '--key', 'log.keys', '--json')
    assert.equal(json.exit, 3)
    assert.match(json.out, /^\{"name":"changed\.json","steps":\[.*"sound":false/)
    const again = await post(digestSavedCheck(bare, TOOLS), '198.51.100.8')
    assert.equal(again.status, 200)
    assert.equal(ANSWER.parse(await again.json()).leaf_index, saved.logged?.leaf_index)
    await served?.kuager('log', 'check') // throws where the tree and the archive disagree
  })

  it('leaves neither itself nor its sender in any file of the observatory', async () => {
    const sender = '203.0.113.77'
    const bare = makeSavedCheck({ ...CHECK, planted: 'Zhanar-planted-word' }, Buffer.alloc(16, 9))
    const saved = await keep(bare, sender)
    let read = 0
    for (const entry of readdirSync(join(root, 'data'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const bytes = readFileSync(join(entry.parentPath, entry.name))
      read++
      for (const word of [sender, 'planted', bare.salt, 'web.telegram.org'])
        assert.ok(!bytes.includes(word), `${entry.name} holds ${word}`)
    }
    assert.ok(read > 5)
    assert.ok((saved.logged?.leaf_index ?? 0) > 0)
  })

  it('is logged behind an address from which many come without work: they use up nothing', async () => {
    const statuses = new Map<number, number>()
    const once = await solvedWork(url, 'saved-check')
    for (let nth = 0; nth < 75; nth++) {
      const answer = await post(digestOf('the same'), '192.0.2.1', once)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      await answer.arrayBuffer()
    }
    assert.deepEqual(
      [...statuses],
      [
        [201, 1],
        [403, 74],
      ],
    )
    assert.equal((await post(digestOf('of another'), '192.0.2.1')).status, 201)
  })
})

describe('the allowance for saved checks', () => {
  it('is sixty at once for one sender and one every ten seconds after them, and 120 a minute for all', () => {
    const clock = { at: 0, now: () => instant(clock.at), monotonic: () => millis(clock.at) }
    const none = { begunLog: () => Promise.resolve(undefined), archive: () => Promise.reject(new Error('not asked')) }
    const { rate, takeOfAll } = folderSavedChecks(none, { clock, trustedProxies: [], isPublic: false })
    const take = (socket: string): number => rate.take({ socket, forwardedFor: undefined }, 1).wait
    for (let nth = 0; nth < 60; nth++) assert.equal(take('192.0.2.1'), 0)
    assert.equal(take('192.0.2.1'), 10)
    assert.equal(take('192.0.2.2'), 0)
    clock.at += 10_000
    assert.equal(take('192.0.2.1'), 0)
    for (let nth = 0; nth < 120; nth++) assert.equal(takeOfAll(), 0)
    assert.equal(takeOfAll(), 1)
    clock.at += 60_000
    for (let nth = 0; nth < 120; nth++) assert.equal(takeOfAll(), 0)
    assert.equal(takeOfAll(), 1)
  })

  it('logs nothing where the folder has no log, or a public server one of simulated data', async () => {
    const clock = { now: () => instant(0), monotonic: () => millis(0) }
    const archive = (): Promise<never> => Promise.reject(new Error('not asked'))
    const options = { clock, trustedProxies: [], isPublic: true }
    const none = folderSavedChecks({ begunLog: () => Promise.resolve(undefined), archive }, options)
    assert.equal(await none.log(Buffer.from('{}')), undefined)
    const simulated = { simulated: true } as never
    const invented = folderSavedChecks({ begunLog: () => Promise.resolve(simulated), archive }, options)
    assert.equal(await invented.log(Buffer.from('{}')), undefined)
  })
})

describe('words of a saved check', () => {
  it('are there for every step and every problem', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'kuager-saved-words-'))
    const { saved, key } = loggedCheck()
    const line = formatVerifierKey(key)
    const { logged } = saved
    assert.ok(logged?.proof !== undefined)
    const files: Readonly<Record<string, string>> = {
      form: '{}',
      'digest-differs': formatSavedCheck({ ...saved, salt: '0'.repeat(32) }),
      'not-logged': formatSavedCheck(makeSavedCheck(CHECK, new Uint8Array(16))),
      'leaf-differs': formatSavedCheck({ ...saved, logged: { ...logged, leaf: '{}' } }),
      'no-proof': formatSavedCheck({
        ...saved,
        logged: { leaf_index: logged.leaf_index, entry: logged.entry, leaf: logged.leaf },
      }),
      'not-in-log': formatSavedCheck({ ...saved, logged: { ...logged, leaf_index: 4 } }),
      'unknown-key': formatSavedCheck(loggedCheck({ secret: 'another' }).saved),
    }
    for (const [problem, text] of Object.entries(files)) {
      writeFileSync(join(cwd, 'check.json'), text)
      for (const lang of ['kk', 'ru', 'en'] as const) {
        const { exit, out } = await run(cwd, 'verify', 'check.json', '--key', line, '--lang', lang)
        assert.equal(exit, 3, out)
        const key = problem === 'not-in-log' ? `bundle.problem.${problem}` : `proof.saved.problem.${problem}`
        assert.ok(out.includes(CATALOGUE[lang][key as 'proof.saved.problem.form']), `${problem} ${lang}: ${out}`)
      }
    }
    // The two others are of witnesses, whom no log of a test has by itself.
    assert.equal(Object.keys(files).length, SAVED_CHECK_PROBLEMS.length - 2)
    writeFileSync(
      join(cwd, 'policy'),
      `witness w witness.example/w1+9e62f606+BDxcKJcMVrGQlpVeGZ1ATZez36pKo38u2flESUUp7tTt\nquorum w\n`,
    )
    writeFileSync(join(cwd, 'check.json'), formatSavedCheck(saved))
    const held = await run(cwd, 'verify', 'check.json', '--key', line, '--policy', 'policy', '--lang', 'en')
    assert.equal(held.exit, 3)
    assert.match(held.out, /Witnesses: failed\n.*\n.*too few witnesses signed; missing: w\n/)
    assert.equal(
      held.out.split('\n').filter((one) => /^[\u2713\u2717] +\d /.test(one)).length,
      SAVED_CHECK_STEPS.length,
    )
    writeFileSync(
      join(cwd, 'hostile.json'),
      formatSavedCheck({
        ...saved,
        logged: { ...logged, proof: logged.proof.replaceAll('log.example', 'l\u001b[31m') },
      }),
    )
    const hostile = await run(cwd, 'verify', 'hostile.json', '--key', line, '--lang', 'en')
    assert.equal(hostile.exit, 3)
    assert.ok(!hostile.out.includes('\u001b'))
    await rm(cwd, { recursive: true })
  })
})
