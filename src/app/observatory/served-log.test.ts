import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { parseTlogProof, type TlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { instant, millis } from '../../core/model/units.ts'
import { openCustody } from '../../pipeline/custody/custody-book.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { askWitnesses, cosignedFile, loadPolicy } from '../../pipeline/log/outside/witnesses.ts'
import { openReviews } from '../../pipeline/review/reviews.ts'
import { openArchive } from '../../store/archive/open.ts'
import { postOutside } from '../../runtime/post/outside-post.ts'
import { servedLog } from './served-log.ts'

const AT = instant(1_772_700_000_000)

describe('servedLog()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-served-'))))
  after(() => rm(root, { recursive: true }))

  it('is none where none was begun', async () => {
    assert.equal(await servedLog({ logFolder: root, begunLog: async () => undefined }), undefined)
  })

  it('serves acts of people on incidents, and no other event of custody', async () => {
    const folder = join(root, 'acts')
    const clock = { now: () => AT, monotonic: () => millis(0) }
    await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
    const custody = await openCustody({ folder, archive, clock })
    const incidents = memoryIncidents([sampleIncident({})])
    const reviews = await openReviews({ folder, archive, clock, incidents, custody: async () => custody })
    const asked = { role: 'editor', actor: 'editor-1', lang: 'en', reason: 'A remark on it.' } as const
    await reviews.act({ incident: sampleIncident({}).id, kind: 'note', ...asked })
    await custody.rotate('The key is a year old.', 'operator')
    await using log = await openTransparencyLog(join(folder, 'log'), { archive, begin: { simulated: false, at: AT } })
    const served = await servedLog({
      logFolder: join(folder, 'log'),
      begunLog: async () => log,
      archive: async () => archive,
    })
    assert.match(Buffer.from((await served?.entry?.(0)) ?? []).toString(), /"type":"reviewed"/)
    assert.equal(await served?.entry?.(1), undefined)
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
