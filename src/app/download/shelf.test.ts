import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { writeSampleRelease } from '../../../test/kit/site/sample-release.ts'
import { parseMinisignKey, type MinisignKey } from '../../core/evidence/minisign.ts'
import { InputError } from '../../core/model/errors.ts'
import { openLog } from '../../runtime/log.ts'
import { openReleaseShelf } from './shelf.ts'

const EXE = 'kuager-probe-windows-x64.exe'

describe('the shelf of a release', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-release-'))
  after(() => rmSync(root, { recursive: true }))
  let said = ''
  const log = openLog({ level: 'warn', destination: { write: (line: string) => void (said += line) } })
  const keyOf = (line: string): MinisignKey => parseMinisignKey(line) ?? assert.fail(line)
  const names = (programs: readonly { readonly name: string }[]): readonly string[] => programs.map(({ name }) => name)

  it('offers programs by system, with their hashes, and sends their very bytes, whole and in part', async () => {
    const { folder, key, files } = writeSampleRelease(join(root, 'whole'))
    const shelf = await openReleaseShelf({ folder, key: keyOf(key) }, log)
    const { programs, publicKey } = await shelf.current()
    assert.equal(publicKey, key)
    assert.deepEqual(
      programs.map(({ system, signed }) => [system, signed]),
      [
        ['windows', true],
        ['windows', true],
        ['linux', true],
        ['linux', true],
      ],
    )
    assert.ok((await shelf.find('kuager-probe-linux-x64.cdx.json')) !== undefined, 'served, but no program')
    const bytes = files.get(EXE) ?? assert.fail()
    for (const part of [
      { first: 0, last: bytes.length - 1 },
      { first: 7, last: 70_000 },
    ]) {
      const opened = await shelf.open(EXE, part)
      assert.ok(opened !== undefined && opened !== 'busy')
      const got = Buffer.from(await new Response(opened.stream).arrayBuffer())
      assert.deepEqual(got, bytes.subarray(part.first, part.last + 1))
    }
    assert.equal(said, '')
  })

  it('leaves out what has another hash or no signature of the key, and says so in the log', async () => {
    const { folder, key } = writeSampleRelease(join(root, 'wrong'))
    appendFileSync(join(folder, EXE), 'x')
    writeFileSync(join(folder, 'kuager-probe_0.2.0_amd64.deb.minisig'), 'nothing')
    const shelf = await openReleaseShelf({ folder, key: keyOf(key) }, log)
    assert.deepEqual(names((await shelf.current()).programs), [
      'kuager-probe_0.2.0_windows-x64.zip',
      'kuager-probe-linux-x64',
    ])
    assert.equal(await shelf.find(EXE), undefined)
    assert.match(said, /windows-x64\.exe.*has not the hash/)
    assert.match(said, /amd64\.deb.*is not signed/)
    const other = writeSampleRelease(join(root, 'other'))
    const foreign = await openReleaseShelf({ folder: other.folder, key: keyOf(key) }, log)
    assert.deepEqual((await foreign.current()).programs, [], 'signed by another key')
    const unsigned = await openReleaseShelf({ folder: other.folder }, log)
    assert.ok((await unsigned.current()).programs.every(({ signed }) => !signed))
  })

  it('does not send a file that changed after it was verified, and takes a new list when there is one', async () => {
    const { folder } = writeSampleRelease(join(root, 'changed'))
    const shelf = await openReleaseShelf({ folder }, log)
    await shelf.current()
    writeFileSync(join(folder, EXE), 'another program')
    assert.equal(await shelf.open(EXE, { first: 0, last: 10 }), undefined)
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
    writeFileSync(join(folder, 'SHA256SUMS'), sums.split('\n').slice(0, 1).join('\n'))
    for (let look = 0; (await shelf.current()).programs.length > 1; look++) {
      assert.ok(look < 1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.deepEqual(names((await shelf.current()).programs), ['kuager-probe_0.2.0_windows-x64.zip'])
  })

  it('serves nothing that the list does not name, and refuses a folder without a list', async () => {
    const { folder } = writeSampleRelease(join(root, 'names'))
    writeFileSync(join(folder, 'secret.key'), 'x')
    appendFileSync(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ../secret.key\n`)
    const shelf = await openReleaseShelf({ folder }, log)
    for (const name of ['secret.key', '../secret.key', '..', '']) assert.equal(await shelf.find(name), undefined)
    await assert.rejects(openReleaseShelf({ folder: root }, log), InputError)
  })
})
