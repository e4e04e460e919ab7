import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { TimeAuthority } from '../../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../../test/kit/servers/witness.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { MINUTE_MS } from '../../../core/model/duration.ts'
import { instant } from '../../../core/model/units.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { postOutside } from '../../../runtime/post/outside-post.ts'
import { openArchive } from '../../../store/archive/open.ts'
import { openTransparencyLog } from '../open-log.ts'
import { loadAuthorities } from './authorities.ts'
import { stampCheckpoint } from './stamps.ts'
import { vouchedFor } from './vouched.ts'
import { askWitnesses, loadPolicy } from './witnesses.ts'

const { signal } = new AbortController()

/** A folder with a log of some entries, a witness and an authority that have not been asked. */
async function world(root: string, name: string, authority: TimeAuthority) {
  const folder = join(root, name)
  await mkdir(join(folder, 'log'), { recursive: true })
  const archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const logFolder = join(folder, 'log')
  const log = await openTransparencyLog(logFolder, { archive, begin: { simulated: false, at: instant(0) } })
  const key = log.keys[0]!.key // every log has one
  const witness = new TestWitness('w.example', [key])
  const lines = [`log ${formatVerifierKey(key)}`, `witness w ${witness.line} ${await witness.serve()}`, 'quorum w', '']
  await writeFile(join(logFolder, 'policy.txt'), lines.join('\n'))
  await writeFile(join(logFolder, 'a.pem'), authority.chainPem)
  const authorities = [{ name: 'a', url: await authority.serve(), chain: 'a.pem' }]
  await writeFile(join(logFolder, 'authorities.json'), JSON.stringify({ authorities }))
  const parts = { folder: logFolder, log, post: postOutside, clock: systemClock }
  return {
    log,
    logFolder,
    vouched: () => vouchedFor(logFolder, { log, signal }),
    grow: async (word: string): Promise<void> => {
      await archive.appendEntry('saved-check', Buffer.from(`{"word":"${word}"}`), instant(1))
      await log.sequence()
    },
    cosign: async (): Promise<void> => {
      const { policy } = (await loadPolicy(logFolder))! // written above
      await askWitnesses({ ...parts, policy }, { now: true, signal })
    },
    stamp: async (): Promise<void> => {
      const asked = { ...parts, authorities: await loadAuthorities(logFolder), random: randomBytes }
      await stampCheckpoint(asked, { now: true, signal })
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      witness[Symbol.dispose]()
      await log[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
    },
  }
}

describe('vouchedFor()', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  let root = ''
  const open: TimeAuthority[] = []
  const authority = (): TimeAuthority => {
    const made = new TimeAuthority()
    open.push(made)
    return made
  }
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-vouched-'))))
  after(async () => {
    for (const one of open) one[Symbol.dispose]()
    await rm(root, { recursive: true, force: true })
  })

  it('gives the leaves that are under both, and when the authority saw the tree', async () => {
    await using here = await world(root, 'both', authority())
    await here.grow('one')
    assert.equal(await here.vouched(), undefined, 'neither')
    await here.cosign()
    assert.equal(await here.vouched(), undefined, 'no stamp')
    const began = systemClock.now()
    await here.stamp()
    await here.grow('two')
    const found = await here.vouched()
    assert.equal(found?.size, 1)
    assert.ok(Math.abs(found.stampedAt - began) < 5 * MINUTE_MS)
    await here.cosign()
    assert.equal((await here.vouched())?.size, 1, 'the stamp is of the smaller tree')
    await here.stamp()
    assert.equal((await here.vouched())?.size, 2)
  })

  it('takes no file for a stamp, no stamp of another authority, and none of another checkpoint', async () => {
    await using here = await world(root, 'stamps', authority())
    await here.grow('one')
    await here.cosign()
    await here.stamp()
    const reply = join(here.logFolder, 'stamps', '1-a.tsr')
    const whole = await readFile(reply)
    await writeFile(reply, '')
    assert.equal(await here.vouched(), undefined)
    await writeFile(reply, whole)
    assert.equal((await here.vouched())?.size, 1)
    const pem = join(here.logFolder, 'a.pem')
    const chain = await readFile(pem)
    await writeFile(pem, authority().chainPem)
    assert.equal(await here.vouched(), undefined)
    await writeFile(pem, chain)
    await here.grow('two')
    await here.cosign()
    const stamps = join(here.logFolder, 'stamps')
    for (const ending of ['-a.tsr', '-a.tsq']) await copyFile(join(stamps, `1${ending}`), join(stamps, `2${ending}`))
    await writeFile(join(stamps, '2.checkpoint'), (await here.log.latest())?.bytes ?? '')
    assert.equal((await here.vouched())?.size, 1)
  })

  it('takes no checkpoint for cosigned that a witness did not sign, that is of another tree, or of no quorum', async () => {
    await using here = await world(root, 'cosigned', authority())
    await here.grow('one')
    await here.cosign()
    await here.stamp()
    assert.equal((await here.vouched())?.size, 1)
    const cosigned = join(here.logFolder, 'witnesses', 'cosigned')
    const whole = await readFile(cosigned, 'utf8')
    const lines = whole.trimEnd().split('\n')
    await writeFile(cosigned, `${lines.slice(0, -1).join('\n')}\n`)
    assert.equal(await here.vouched(), undefined, 'without its line')
    await using other = await world(root, 'other-tree', authority())
    await other.grow('another')
    await other.cosign()
    await copyFile(join(other.logFolder, 'witnesses', 'cosigned'), cosigned)
    assert.equal(await here.vouched(), undefined, 'of another log')
    await writeFile(cosigned, 'no checkpoint')
    assert.equal(await here.vouched(), undefined)
    await writeFile(cosigned, whole)
    const policy = join(here.logFolder, 'policy.txt')
    await writeFile(policy, (await readFile(policy, 'utf8')).replace('quorum w', 'quorum none'))
    assert.equal(await here.vouched(), undefined, 'a policy that asks for nothing')
  })
})
