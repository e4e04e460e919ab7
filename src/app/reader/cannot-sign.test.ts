import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../../', import.meta.url))

interface Imported {
  readonly file: string
  readonly names: readonly string[]
}

/** What a file imports from files of ours when it runs: types are erased, and files of threads are named by `new URL`. */
function importsOf(file: string): readonly Imported[] {
  const text = readFileSync(file, 'utf8')
  const found: Imported[] = []
  const from = dirname(file)
  for (const [, names = '', path = ''] of text.matchAll(/^(?:im|ex)port (?!type )([^'";]*?) from '(\.[^']+)'/gms)) {
    const own = names.replace(/[{}]/g, '').split(',')
    const used = own.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '))
    if (used.length > 0) found.push({ file: resolve(from, path), names: used })
  }
  for (const [, path = ''] of text.matchAll(/import\('(\.[^']+)'\)|'(\.\/[a-z-]+-worker)\.ts'/g))
    if (path !== '') found.push({ file: resolve(from, path), names: [] })
  for (const [, path = ''] of text.matchAll(/'(\.\/[a-z-]+worker\.ts)'/g))
    found.push({ file: resolve(from, path), names: [] })
  return found
}

/** Every file that runs with one, and by whom it is imported. */
function reachedFrom(entry: string): ReadonlyMap<string, { readonly by: string; readonly names: Set<string> }> {
  const reached = new Map([[entry, { by: '', names: new Set<string>() }]])
  for (const [file] of reached)
    for (const { file: next, names } of importsOf(file)) {
      const known = reached.get(next)
      if (known === undefined) reached.set(next, { by: file, names: new Set(names) })
      else for (const name of names) known.names.add(name)
    }
  return reached
}

/** What signs, makes keys, holds a folder, or writes into a store of one. */
const REFUSED = [
  ...['signEd25519', 'makeSeed', 'signNote', 'signCustodyEvent', 'keepSeed', 'signingKey'],
  ...['openTransparencyLog', 'openCustody', 'openMirrorKey', 'readMirrorKey'],
  ...['holdFolder', 'tryHold', 'holdForReading', 'openFolder', 'openArchive', 'openIncidents', 'openWarehouse'],
  ...['openServer', 'Ownership', 'ArchiveShipper', 'ViewShipper', 'openShipping'],
  ...['openRegistry', 'openReportStore', 'migrate'],
]

const usersOf = (entry: string): readonly string[] => {
  const reached = reachedFrom(join(SRC, entry))
  return [...reached].flatMap(([file, { by, names }]) =>
    REFUSED.filter((name) => names.has(name)).map((name) => `${name} of ${file} by ${by}`),
  )
}

describe('a server that only reads', () => {
  it('reaches no code that signs, holds a folder or writes a store', () => {
    const reached = reachedFrom(join(SRC, 'app/reader/serve-reader.ts'))
    assert.ok(reached.size > 200, `${reached.size}`)
    assert.deepEqual(usersOf('app/reader/serve-reader.ts'), [])
  })

  it('differs in this from one that writes', () => {
    const found = usersOf('app/observatory/serve.ts').join('\n')
    for (const name of ['signEd25519', 'openMirrorKey', 'openArchive', 'openWarehouse']) assert.ok(found.includes(name))
  })
})
