import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { TimeAuthority } from '../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { instant } from '../../core/model/units.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { openArchive } from '../../store/archive/open.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'
import { openLiveOutside } from '../../app/folder/outside.ts'

describe('kuager log stamp and witness', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  let root = ''
  before(() => (root = mkdtempSync(join(tmpdir(), 'kuager-cli-outside-'))))
  after(() => rmSync(root, { recursive: true }))

  /** A folder with a log of one leaf, and a world whose command lines are about it. */
  async function folder(name: string) {
    const texts: string[] = []
    const world: World = testWorld(root, (text) => texts.push(text))
    await withFolder(world, { folder: name, name: 'test', args: [] }, async (open) => {
      await open.archive()
      return 0
    })
    const logFolder = join(root, name, 'log')
    mkdirSync(logFolder)
    const archive = await openArchive(join(root, name, 'archive'), { leaves: LEAF_CODEC })
    await archive.appendEntry('saved-check', Buffer.from('{}'), instant(Date.now()))
    const log = await openTransparencyLog(logFolder, { archive, begin: { simulated: false, at: instant(Date.now()) } })
    await log.sequence()
    await log[Symbol.asyncDispose]()
    await archive[Symbol.asyncDispose]()
    const run = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      texts.length = 0
      return [await runCommand([...args, '--folder', name], world), texts.join('')]
    }
    return { run, logFolder, world }
  }

  it('asks for a stamp that openssl accepts beside the log, and says so in the status', async () => {
    using tsa = new TimeAuthority()
    const here = await folder('a')
    assert.equal((await here.run('log', 'stamp'))[0], 2, 'no authority is set')
    assert.match((await here.run('log', 'status'))[1], /^Authority: {2}none stamps the log/m)
    mkdirSync(join(here.logFolder, 'authorities'))
    writeFileSync(join(here.logFolder, 'authorities/first.pem'), tsa.chainPem)
    const one = { name: 'first', url: await tsa.serve(), chain: 'authorities/first.pem' }
    const gone = { ...one, name: 'second', url: 'http://127.0.0.1:1/' }
    writeFileSync(join(here.logFolder, 'authorities.json'), JSON.stringify({ authorities: [one, gone] }))
    const [exit, said] = await here.run('log', 'stamp')
    assert.equal(exit, 3)
    assert.match(
      said,
      /^first stamped 1 leaves at .*; signed by "Test TSA", root "Test root" \(SHA-256 [0-9a-f]{64}\)$/m,
    )
    assert.match(said, /^second failed: unreachable \(ECONNREFUSED\)$/m)
    const args = ['ts', '-verify', '-data', '1.checkpoint', '-in', '1-first.tsr', '-CAfile', '../authorities/first.pem']
    execFileSync('openssl', args, { cwd: join(here.logFolder, 'stamps'), stdio: 'ignore' })
    const [, status] = await here.run('log', 'status')
    assert.match(status, /^Authority: {2}first: stamped a tree of size 1 at /m)
    assert.match(
      status,
      /^Authority: {2}second: not yet; failures in a row: 1, the last one unreachable \(ECONNREFUSED\); tried again from /m,
    )
    assert.match((await here.run('custody', 'list', '--lang', 'en'))[1], /Time-stamped · log, size 1/)
    const whole = await here.run('log', 'check')
    assert.equal(whole[0], 0)
    assert.match(whole[1], /^\d+ leaves, 0 problems\n$/)
    writeFileSync(join(here.logFolder, 'authorities.json'), '{')
    assert.equal((await here.run('log', 'stamp'))[0], 2)
    assert.match((await here.run('log', 'status'))[1], /authorities\.json": it is no JSON/)
    assert.match(
      (await here.run('log', 'check'))[1],
      /^Stamps that cannot be verified, [^\n]+: 1\n\d+ leaves, 0 problems\n$/,
    )
  })

  it('asks witnesses, says whether the quorum is reached, and serves what they signed', async () => {
    const here = await folder('b')
    assert.equal((await here.run('log', 'witness'))[0], 2, 'there is no policy')
    const [, keys] = await here.run('log', 'keys')
    const key = parseVerifierKey(keys.trim(), sha256)
    using north = new TestWitness('north.example', [key])
    const policy = (url: string, quorum: string): void =>
      writeFileSync(
        join(here.logFolder, 'policy.txt'),
        `log ${keys.trim()}\nwitness north ${north.line} ${url}\nwitness own ${new TestWitness('own.example', []).line}\ngroup all all north own\nquorum ${quorum}\n`,
      )
    const url = await north.serve()
    policy(url, 'all')
    const [missing, said] = await here.run('log', 'witness')
    assert.equal(missing, 3)
    assert.match(said, /^north cosigned 1 leaves at .*\nThe checkpoint does not have the quorum "all"\n$/)
    policy(url, 'north')
    assert.deepEqual(await here.run('log', 'witness'), [
      0,
      'north has cosigned this checkpoint already\nThe checkpoint has the quorum "north"\n',
    ])
    assert.match(
      (await here.run('log', 'status'))[1],
      /^Witness: {4}north: cosigned a tree of size 1 at [^]*^Quorum: {5}"north", reached /m,
    )
    assert.match(readFileSync(join(here.logFolder, 'public/checkpoint'), 'utf8'), /\n\u2014 north\.example /)
    await here.run(
      'custody',
      'add',
      '--type',
      'copied',
      '--evidence',
      'file:x',
      '--actor',
      'operator',
      '--reason',
      'test',
    )
    await here.run('log', 'sequence')
    assert.match((await here.run('log', 'status'))[1], /^Quorum: +"north", not reached by the newest checkpoint, last by a tree of size 1$/m) // prettier-ignore
  })

  it('asks no authority where witnesses are wanted', async () => {
    using tsa = new TimeAuthority()
    const here = await folder('d')
    writeFileSync(join(here.logFolder, 'first.pem'), tsa.chainPem)
    const authorities = [{ name: 'first', url: await tsa.serve(), chain: 'first.pem' }]
    writeFileSync(join(here.logFolder, 'authorities.json'), JSON.stringify({ authorities }))
    const key = (await here.run('log', 'keys'))[1].trim()
    using north = new TestWitness('north.example', [parseVerifierKey(key, sha256)])
    const policy = `log ${key}\nwitness north ${north.line} ${await north.serve()}\nquorum north\n`
    writeFileSync(join(here.logFolder, 'policy.txt'), policy)
    assert.equal((await here.run('log', 'witness'))[0], 0)
    assert.ok(!existsSync(join(here.logFolder, 'stamps')))
    assert.equal((await here.run('log', 'stamp'))[0], 0)
    assert.match(readFileSync(join(here.logFolder, 'stamps/1.checkpoint'), 'utf8'), /\n\u2014 north\.example /)
  })

  it('is done unasked while the folder is served', async () => {
    using tsa = new TimeAuthority()
    const here = await folder('c')
    writeFileSync(join(here.logFolder, 'first.pem'), tsa.chainPem)
    const authorities = [{ name: 'first', url: await tsa.serve(), chain: 'first.pem' }]
    writeFileSync(join(here.logFolder, 'authorities.json'), JSON.stringify({ authorities }))
    const kept = join(here.logFolder, 'stamps/1-first.tsr')
    await withFolder(here.world, { folder: 'c', name: 'test', args: [] }, async (open) => {
      await using _live = openLiveOutside(open, new AbortController().signal)
      await eventually(() => existsSync(kept) || undefined)
      return 0
    })
    const events = (await here.run('custody', 'list', '--json'))[1].trim().split('\n')
    assert.equal(events.length, 1)
  })
})
