import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { instant, parseInstant } from '../../core/model/units.ts'
import { exportSpool } from './export.ts'
import { documentId, Spool } from './spool.ts'

const PROBE = '0123456789abcdef'

describe('exportSpool()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-export-'))))
  after(() => rm(root, { recursive: true }))
  const at = parseInstant('2026-11-25')

  it('writes the very bytes that would be posted, one document a line', async () => {
    const spool = new Spool(root)
    const documents = [...Array(40).keys()].map((index) => JSON.stringify({ index, text: 'өлшем '.repeat(3000) }))
    for (const [index, one] of documents.entries())
      await spool.add(one, { at: instant(at + index * 60_000), scope: 'core', probe: PROBE })
    const path = join(root, 'out.jsonl.gz')
    const { entries, bytes } = await exportSpool(spool, await spool.list(), path)
    const packed = await readFile(path)
    assert.equal(packed.length, bytes)
    const lines = gunzipSync(packed).toString().trimEnd().split('\n')
    assert.deepEqual(lines, documents)
    assert.deepEqual(
      entries.map(({ id }) => id),
      documents.map(documentId),
    )
    assert.equal((await spool.list()).length, 40)
  })

  it('writes over nothing', async () => {
    const path = join(root, 'there')
    await writeFile(path, 'mine')
    await assert.rejects(exportSpool(new Spool(root), [], path), { code: 'EEXIST' })
    assert.equal(await readFile(path, 'utf8'), 'mine')
  })
})
