import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { makeBundle, zipOf } from '../../../test/kit/proof/bundle-maker.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { withdrawBundles } from './withdraw-bundles.ts'

const SIGNAL = new AbortController().signal
const WITHDRAWING = { signal: SIGNAL, onWithdrawn: async () => undefined }
const INDEX = 'data/measurements.jsonl'

describe('withdrawBundles()', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-withdraw-'))
  after(() => rmSync(root, { recursive: true }))
  const { files } = makeBundle()
  const raw = files.get('data/raw/0.json') ?? new Uint8Array()
  const id = parseSha256(createHash('sha256').update(raw).digest('hex'))
  const other = parseSha256('0'.repeat(64))
  const lines = new TextDecoder().decode(files.get(INDEX))

  /** A data folder with these bundles, each by the lines of its index. */
  const folderOf = (bundles: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(root, 'data-'))
    mkdirSync(join(folder, 'bundles'))
    for (const [name, text] of Object.entries(bundles)) {
      const zip = zipOf(new Map([...files, [INDEX, new TextEncoder().encode(text)]]), name)
      writeFileSync(join(folder, 'bundles', `${name}.zip`), zip)
    }
    return folder
  }
  const left = (folder: string): readonly string[] => readdirSync(join(folder, 'bundles')).toSorted()

  it('removes each bundle that holds the measurement, and no other', async () => {
    assert.ok(lines.includes(id))
    const folder = folderOf({ holds: lines, lacks: lines.replaceAll(id, other) })
    const told: string[] = []
    const onWithdrawn = async (name: string): Promise<void> => {
      told.push(`${name}: ${left(folder).includes(`${name}.zip`) ? 'still there' : 'gone'}`)
    }
    const done = await withdrawBundles(folder, id, { signal: SIGNAL, onWithdrawn })
    assert.deepEqual(done, { withdrawn: ['holds'], unread: [] })
    assert.deepEqual(told, ['holds: still there'])
    assert.deepEqual(left(folder), ['lacks.zip'])
    assert.deepEqual(await withdrawBundles(folder, id, WITHDRAWING), { withdrawn: [], unread: [] })
  })

  it('removes one whose lines are of another form and name it, and says which it cannot read', async () => {
    const folder = folderOf({
      newer: lines.replaceAll('"leaf"', '"later":1,"leaf"'),
      behind: `no line of ours\n${lines}`,
      strange: 'no line of ours\n',
    })
    writeFileSync(join(folder, 'bundles', 'torn.zip'), 'PK')
    const { withdrawn, unread } = await withdrawBundles(folder, id, WITHDRAWING)
    assert.deepEqual(withdrawn, ['behind', 'newer'])
    assert.deepEqual(unread, ['strange', 'torn'])
    assert.deepEqual(left(folder), ['strange.zip', 'torn.zip'])
  })

  it('is not stopped by a writing that ends, or a bundle that is removed, while it looks', async () => {
    const folder = folderOf(Object.fromEntries(Array.from({ length: 30 }, (_, nth) => [`made-${nth}`, lines])))
    const bundles = join(folder, 'bundles')
    for (let nth = 0; nth < 300; nth++) mkdirSync(join(bundles, `${nth}.unfinished`))
    const looking = withdrawBundles(folder, id, WITHDRAWING)
    const leaving = async (): Promise<void> => {
      for (const one of left(folder).toReversed()) await rm(join(bundles, one), { recursive: true, force: true })
    }
    const [{ unread }] = await Promise.all([looking, leaving()])
    assert.deepEqual(unread, [])
    assert.deepEqual(left(folder), [])
  })

  it('finds nothing where no bundle was ever published', async () => {
    assert.deepEqual(await withdrawBundles(join(root, 'none'), id, WITHDRAWING), { withdrawn: [], unread: [] })
  })
})
