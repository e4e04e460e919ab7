import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { edgeDocuments, makeEdge, type MadeEdge } from '../../../test/kit/edge/made-edge.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'

describe('kuager follow edge', () => {
  let root = ''
  let edge: MadeEdge
  let ids: readonly Sha256[] = []
  const now = instant(Date.now())
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-follow-edge-'))
    edge = await makeEdge(join(root, 'edge'), { begunAt: now })
    const started = new Date(now - MINUTE_MS).toISOString().slice(0, 19).replace('T', ' ')
    const by = { standing: 'known', pseudonym: 'a'.repeat(16), device: 'd0123456789abcdef' } as const
    ids = await edge.take(edgeDocuments(started, 0, 6), { at: instant(now - MINUTE_MS), by })
    await edge.sign()
  })
  after(async () => {
    await edge[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const kuager = async (...args: readonly string[]): Promise<{ code: number; said: string }> => {
    let said = ''
    const code = await runCommand(
      [...args, '--folder', 'centre'],
      testWorld(root, (text) => (said += text)),
    )
    return { code, said }
  }

  it('adds what the edge has, judged, with its standing; a second time nothing is new', async () => {
    const first = await kuager('follow', 'edge', 'edge', '--once')
    assert.equal(first.code, 0, first.said)
    assert.match(first.said, /6 measurements added, 0 known; 0 entries left/)
    const again = await kuager('follow', 'edge', 'edge', '--once')
    assert.match(again.said, /0 measurements added, 0 known; 0 entries left/)
    await withFolder(
      testWorld(root, () => undefined),
      { folder: 'centre', name: 'test', args: [] },
      async (folder) => {
        const [archive, warehouse] = [await folder.archive(), await folder.warehouse()]
        for (const id of ids) {
          const found = await archive.read(id)
          assert.match(
            found?.kind === 'blob' ? found.provenance.origin : '',
            /^known:a{16}:d0123456789abcdef:e[0-9a-f]{8}$/,
          )
          assert.equal((await warehouse.measurement(id))?.verdict.kind, 'reachable')
        }
        return 0
      },
    )
  })

  it('erases what the edge erases, and an erasure here names the edge; a key of an edge is revoked here', async () => {
    await edge.erase(ids[0]!, 'a person asked for it', now)
    await edge.sign()
    const erased = await kuager('follow', 'edge', 'edge', '--once')
    assert.match(erased.said, new RegExp(`since an edge erased it: Erased measurement ${ids[0]}`, 'i'))
    const here = await kuager('archive', 'erase', ids[1]!, '--reason', 'a person asked for it')
    assert.match(here.said, /The edge "log\.invalid\/[0-9a-f]{8}" received it: erase it there too/)
    const today = new Date(now - MINUTE_MS).toISOString().slice(0, 10)
    const revoked = await kuager('keys', 'revoke', 'a'.repeat(16), '--from', today, '--reason', 'the key was stolen')
    assert.equal(revoked.code, 0, revoked.said)
    assert.match(revoked.said, /2 names of keys and devices\n4 measurements count no longer/)
    const doctor = await kuager('doctor', '--lang', 'en')
    assert.match(doctor.said, /ok {4}edge +log\.invalid/)
  })

  it('says what is wrong with an address, a token or a key, and ends with 2 or 3', async () => {
    assert.equal((await kuager('follow', 'edge', 'http://edge.example', '--once')).code, 2)
    assert.equal((await kuager('follow', 'edge', 'edge', '--once', '--edge-key', 'x')).code, 2)
    await writeFile(join(root, 'short'), 'short')
    const short = await kuager('follow', 'edge', 'http://127.0.0.1:9', '--once', '--edge-token', 'short')
    assert.equal(short.code, 2, short.said)
    const gone = await kuager('follow', 'edge', join(root, 'nothing'), '--once')
    assert.match(gone.said, /its log was not begun yet/)
    assert.equal((await kuager('follow', 'edge', 'edge', '--unsigned')).code, 2)
  })
})
