import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { parseInstant } from '../../core/model/units.ts'
import { Copies } from './copies.ts'
import { checkRecipient } from './seal.ts'
import { documentId } from './spool.ts'

describe('copies for the owner', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-copies-'))))
  after(() => rm(root, { recursive: true }))
  const text = '{"body":"your address is 198.51.100.7"}'
  const about = { id: documentId(text), at: parseInstant('2026-11-25') }

  it('are opened by the secret half of the key they were sealed to, and by nothing else', async () => {
    const identity = await generateX25519Identity()
    await new Copies(join(root, 'sealed'), { recipient: await identityToRecipient(identity) }).add(text, about)
    const [name = ''] = await readdir(join(root, 'sealed', 'copies'))
    const bytes = await readFile(join(root, 'sealed', 'copies', name))
    assert.ok(!bytes.includes('198.51.100.7'))
    const right = new Decrypter()
    right.addIdentity(identity)
    assert.equal(gunzipSync(await right.decrypt(bytes)).toString(), text)
    const wrong = new Decrypter()
    wrong.addIdentity(await generateX25519Identity())
    await assert.rejects(wrong.decrypt(bytes))
  })

  it('are gone after ninety days', async () => {
    const copies = new Copies(join(root, 'old'), {})
    await copies.add(text, { ...about, at: parseInstant('2026-08-01') })
    await copies.add(text, { ...about, at: parseInstant('2026-09-01') })
    await copies.add(text, about)
    assert.deepEqual(
      (await readdir(join(root, 'old', 'copies'))).map((name) => name.slice(0, 10)),
      ['2026-09-01', '2026-11-25'],
    )
  })

  it('are not made for something that is no public key, and the error does not repeat it', () => {
    assert.throws(
      () => checkRecipient('AGE-SECRET-KEY-1QQQ'),
      (error) => error instanceof Error && !error.message.includes('QQQ'),
    )
  })
})
