import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { parseTlogProof, type TlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { instant, millis } from '../../core/model/units.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { askWitnesses, cosignedFile, loadPolicy } from '../../pipeline/log/outside/witnesses.ts'
import { postOutside } from '../../runtime/outside-post.ts'
import { servedLog } from './served-log.ts'

const AT = instant(1_772_700_000_000)

describe('servedLog()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-served-'))))
  after(() => rm(root, { recursive: true }))

  it('is none where none was begun', async () => {
    assert.equal(await servedLog({ logFolder: root, begunLog: async () => undefined }), undefined)
  })

  it('proves to what witnesses have cosigned, where it holds the leaf and is of this log', async () => {
    const logFolder = join(root, 'log')
    const archive = new LeafArchive()
    await using log = await openTransparencyLog(logFolder, { archive, begin: { simulated: false, at: AT } })
    const [{ key }] = log.keys as [(typeof log.keys)[number]]
    using witness = new TestWitness('witness.example', [key])
    const url = await witness.serve()
    const policyFile = `log ${formatVerifierKey(key)}\nwitness w ${witness.line} ${url}\n`
    await writeFile(join(logFolder, 'policy.txt'), policyFile)
    const policy = (await loadPolicy(logFolder))?.policy
    assert.ok(policy !== undefined)
    archive.growTo(3)
    await log.sequence()
    const clock = { now: () => AT, monotonic: () => millis(0) }
    const signal = new AbortController().signal
    await askWitnesses({ folder: logFolder, log, policy, post: postOutside, clock }, { signal })
    archive.growTo(5)
    await log.sequence()

    const served = await servedLog({ logFolder, begunLog: async () => log })
    const proofOf = async (leaf: number): Promise<TlogProof> => {
      const [proven] = (await served?.prove([leaf])) ?? []
      return parseTlogProof(Buffer.from(proven?.proof ?? ''))
    }
    const cosigned = await proofOf(2)
    assert.equal(cosigned.checkpoint.size, 3)
    assert.ok(cosigned.checkpoint.note.signatures.some(({ name }) => name === 'witness.example'))
    assert.equal((await proofOf(3)).checkpoint.size, 5, 'which witnesses have not seen')
    assert.equal((await served?.latest())?.size, 5)
    // The operator named no quorum: it is demanded automatically, and published, without the address that is the
    // operator's.
    assert.equal(await served?.policy?.(), policyFile.replace(` ${url}`, '') + 'quorum w\n')

    const others = new LeafArchive()
    others.growTo(4)
    await using other = await openTransparencyLog(join(root, 'other'), {
      archive: others,
      begin: { simulated: false, at: AT },
    })
    for (const wrong of [(await other.sequence())?.bytes ?? '', 'no checkpoint']) {
      await writeFile(cosignedFile(logFolder), wrong)
      assert.equal((await proofOf(2)).checkpoint.size, 5)
    }
  })
})
