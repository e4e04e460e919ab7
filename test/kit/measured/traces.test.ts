import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { findTraces, needlesOf } from './traces.ts'

const SECRETS = [
  { what: 'name', kind: 'text', text: 'Ақниет Жоқбекова' },
  { what: 'mailbox', kind: 'text', text: 'planted.reader@mailbox.example' },
  { what: 'IPv4', kind: 'address', text: '95.214.133.177' },
  { what: 'IPv6', kind: 'address', text: '2a0b:f4c2:91:2::77' },
] as const
const NEEDLES = needlesOf(SECRETS)

it('findTraces() finds each form of each secret in a file, in a name and in a database', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-traces-'))
  try {
    assert.deepEqual(await findTraces(folder, NEEDLES), [])
    for (const [n, { bytes, what }] of NEEDLES.entries()) {
      const within = Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' behind')])
      await writeFile(join(folder, 'one'), within)
      const found = await findTraces(folder, NEEDLES)
      assert.ok(
        found.some((trace) => trace.what === what && trace.file === 'one'),
        `${n} ${what}`,
      )
    }
    await rm(join(folder, 'one'))
    const { text } = SECRETS[1]
    for (const place of [0, 1, 2]) {
      const encoded = Buffer.from(`${'x'.repeat(place)}${text} and more`).toString('base64')
      await writeFile(join(folder, 'two'), encoded)
      assert.ok((await findTraces(folder, NEEDLES)).length > 0, `base64 at ${place}`)
    }
    await rm(join(folder, 'two'))
    await mkdir(join(folder, text))
    assert.ok((await findTraces(folder, NEEDLES)).length > 0)
    await rm(join(folder, text), { recursive: true })
    const database = new DatabaseSync(join(folder, 'rows.sqlite'))
    database.exec('CREATE TABLE rows (name TEXT, address BLOB)')
    database
      .prepare('INSERT INTO rows VALUES (?, ?)')
      .run(SECRETS[0].text, Buffer.from('2a0bf4c200910002000000000000' + '0077', 'hex'))
    database.close()
    const found = (await findTraces(folder, NEEDLES)).map(({ what }) => what)
    assert.ok(found.includes('name (text)') && found.includes('IPv6 (bytes)'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
