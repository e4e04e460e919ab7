import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openZip } from '../src/core/evidence/verify/source/zip-source.ts'
import { verifyBundle } from '../src/core/evidence/verify/verify-bundle.ts'
import { inflateRaw } from '../src/runtime/compress.ts'
import { PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'
import { makeBundle, makerKeys, verifierTools, zipOf, type Files } from './kit/proof/bundle-maker.ts'
import { edit, found, relist } from './kit/proof/forge.ts'

// Small bundles as files, sound and forged, for other programs that verify: test/vectors/bundle/README.md.

const FOLDER = join(PACKAGE_ROOT, 'test/vectors/bundle')
const RESULTS = join(FOLDER, 'expected.json')

const forged = (change: (files: Files) => void): Files => {
  const { files } = makeBundle()
  change(files)
  return files
}
const hidden = (change: (files: Files) => void): Files =>
  forged((files) => {
    change(files)
    relist(files)
  })
const exchange = (files: Files, one: string, other: string): void => {
  const [a, b] = [files.get(one), files.get(other)]
  if (a !== undefined && b !== undefined) files.set(one, b).set(other, a)
}

const VECTORS: Readonly<Record<string, () => Files>> = {
  sound: () => makeBundle().files,
  'byte-changed': () => forged((files) => edit(files, 'data/raw/0.json', (text) => text.replace('01:00', '02:00'))),
  'back-dated': () =>
    hidden((files) => edit(files, 'data/raw/0.json', (text) => text.replace('2024-03-05', '2024-03-04'))),
  exchanged: () => hidden((files) => exchange(files, 'data/raw/0.json', 'data/raw/1.json')),
  dropped: () => hidden((files) => void files.delete('data/raw/0.json')),
  'proof-of-another': () =>
    hidden((files) => exchange(files, 'data/log/proofs/0.tlog-proof', 'data/log/proofs/1.tlog-proof')),
  'tag-file-added': () => hidden((files) => files.set('note.txt', Buffer.from('Trust me.\n'))),
  'key-of-somebody-else': () => makeBundle(makerKeys('attacker')).files,
}

async function problemsOf(zip: Uint8Array): Promise<readonly string[]> {
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(zip.subarray(offset, offset + length))
  return found(await verifyBundle(await openZip({ size: zip.length, read }, inflateRaw), verifierTools()))
}

describe('vectors of bundles', () => {
  const update = process.env['UPDATE_GOLDEN'] === '1'
  const place = (name: string): string => join(FOLDER, `${name}.zip`)

  it('are what the maker of the tests writes', async () => {
    const results: Record<string, readonly string[]> = {}
    for (const [name, make] of Object.entries(VECTORS)) {
      const zip = zipOf(make(), 'kuager-made-r1')
      if (update) writeFileSync(place(name), zip)
      assert.ok(existsSync(place(name)), `${name}.zip is missing: write it with UPDATE_GOLDEN=1`)
      assert.ok(readFileSync(place(name)).equals(zip), name)
      results[name] = await problemsOf(zip)
    }
    if (update) writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`)
    assert.deepEqual(JSON.parse(readFileSync(RESULTS, 'utf8')), results)
  })

  it('are sound where they should be, and nowhere else', async () => {
    for (const name of Object.keys(VECTORS)) {
      const problems = await problemsOf(readFileSync(place(name)))
      assert.equal(problems.length === 0, name === 'sound', `${name}: ${problems.join('; ')}`)
    }
  })
})
