import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import { splitSigned } from '../../core/ooni/publish/signed-document.ts'
import { makeKey, pseudonymOf, signDocument, vouch } from './key.ts'
import { Introduction } from './introduction.ts'
import { ProbeKeys } from './keys.ts'
import { monthBefore } from './month.ts'

const publicKeyOf = (base64: string): ReturnType<typeof createPublicKey> =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(base64, 'base64url').toString('base64url') },
    format: 'jwk',
  })
const home = parseAsn(64500)
const work = parseAsn(64501)
const november = parseInstant('2026-11-25')

describe('the keys of a probe', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-keys-'))))
  after(() => rm(root, { recursive: true }))

  it('are the same within a network and month, and another on another network or in another month', async () => {
    const keys = new ProbeKeys(join(root, 'one'))
    const first = await keys.keyFor(home, november)
    assert.equal((await new ProbeKeys(join(root, 'one')).keyFor(home, november)).publicKey, first.publicKey)
    const others = [await keys.keyFor(work, november), await keys.keyFor(home, parseInstant('2026-12-01'))]
    assert.equal(new Set([first, ...others].map((key) => key.pseudonym)).size, 3)
    assert.equal((await keys.stored(home, '2026-11'))?.publicKey, first.publicKey)
  })

  it('are in files that only their owner can read', async () => {
    const folder = join(root, 'one', 'keys')
    for (const name of await readdir(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
  })

  it('are new each time, and stored nowhere, if it is unknown which network it is', async () => {
    const keys = new ProbeKeys(join(root, 'unknown'))
    const made = [await keys.keyFor(parseAsn(0), november), await keys.keyFor(parseAsn(0), november)]
    assert.notEqual(made[0]?.publicKey, made[1]?.publicKey)
    assert.deepEqual(await keys.list(), [])
  })

  it('are forgotten three months later, and so are those of a clock that ran ahead', async () => {
    const keys = new ProbeKeys(join(root, 'old'))
    for (const day of ['2026-07-31', '2026-08-01', '2026-09-30', '2026-11-02', '2027-06-01'])
      await keys.keyFor(home, parseInstant(day))
    assert.equal(await keys.forgetOld(november), 3)
    assert.deepEqual(
      (await keys.list()).map(({ month }) => month),
      ['2026-09', '2026-11'],
    )
    assert.deepEqual((await readdir(join(root, 'old', 'keys'))).length, 2)
  })

  it('sign a document so that another verifier accepts it, and no changed one', () => {
    const key = makeKey()
    const text = signDocument(JSON.stringify({ input: 'қазақша', annotations: { x_key: key.publicKey } }), key)
    const parts = splitSigned(text)
    assert.ok(parts !== undefined)
    const check = (signed: string): boolean =>
      verify(null, Buffer.from(signed), publicKeyOf(parts.key), Buffer.from(parts.signature, 'base64'))
    assert.ok(check(parts.signed))
    assert.ok(!check(parts.signed.replace('қ', 'к')))
    assert.match(key.pseudonym, /^[0-9a-f]{16}$/)
    assert.equal(pseudonymOf(parts.key), key.pseudonym)
  })

  it('vouch for the key of the next month in the same network alone', async () => {
    const keys = new ProbeKeys(join(root, 'vouch'))
    const elder = await keys.keyFor(home, parseInstant('2026-10-31'))
    const younger = await keys.keyFor(home, november)
    assert.equal((await keys.elderOf(younger))?.publicKey, elder.publicKey)
    assert.equal(await keys.elderOf(await keys.keyFor(work, november)), undefined)
    const value: unknown = JSON.parse(Buffer.from(vouch(elder, younger), 'base64').toString())
    assert.ok(typeof value === 'object' && value !== null && 'key' in value && 'signature' in value)
    assert.equal(value.key, elder.publicKey)
    const text = Buffer.from(`kuager-vouch\n${younger.publicKey}\n2026-11`)
    assert.ok(verify(null, text, publicKeyOf(elder.publicKey), Buffer.from(String(value.signature), 'base64')))
  })

  it('are introduced by their elder, else by the invitation, until a collector took a document of them', async () => {
    const folder = join(root, 'introduction')
    const keys = new ProbeKeys(folder)
    const introduction = new Introduction(folder, keys)
    const first = await keys.keyFor(home, parseInstant('2026-10-31'))
    assert.deepEqual(await introduction.headersFor(first.pseudonym), {})
    await introduction.invite('kg-1234-5678')
    assert.deepEqual(await introduction.headersFor(first.pseudonym), { 'x-kuager-invitation': 'kg-1234-5678' })
    await introduction.introduced(first.pseudonym)
    assert.deepEqual(await introduction.headersFor(first.pseudonym), {})
    const second = await keys.keyFor(home, november)
    assert.deepEqual(await introduction.headersFor(second.pseudonym), { 'x-kuager-vouch': vouch(first, second) })
    await introduction.dropInvitation()
    const other = await keys.keyFor(work, november)
    assert.deepEqual(await introduction.headersFor(other.pseudonym), {})
    assert.deepEqual(await introduction.headersFor('0123456789abcdef'), {})
    await assert.rejects(introduction.invite('no code'), { code: 'invitation.invalid' })
  })

  it('show an invitation that came later, also where an elder without one vouches', async () => {
    const folder = join(root, 'invited-later')
    const keys = new ProbeKeys(folder)
    const introduction = new Introduction(folder, keys)
    const elder = await keys.keyFor(home, parseInstant('2026-10-31'))
    const key = await keys.keyFor(home, november)
    await introduction.introduced(elder.pseudonym)
    await introduction.introduced(key.pseudonym)
    await introduction.invite('kg-1234-5678')
    const both = { 'x-kuager-vouch': vouch(elder, key), 'x-kuager-invitation': 'kg-1234-5678' }
    assert.deepEqual(await introduction.headersFor(key.pseudonym), both)
    await introduction.introduced(key.pseudonym)
    assert.deepEqual(await introduction.headersFor(key.pseudonym), {})
  })

  it('are all new after a theft: no stored key vouches, and the new invitation introduces the next', async () => {
    const folder = join(root, 'stolen')
    const keys = new ProbeKeys(folder)
    const introduction = new Introduction(folder, keys)
    const elder = await keys.keyFor(home, parseInstant('2026-10-31'))
    const stolen = await keys.keyFor(home, november)
    await introduction.invite('kg-1234-5678')
    assert.equal(await keys.forgetAll(), 2)
    assert.deepEqual(await introduction.headersFor(stolen.pseudonym), {})
    const next = await keys.keyFor(home, november)
    assert.ok(![elder.pseudonym, stolen.pseudonym].includes(next.pseudonym))
    assert.deepEqual(await introduction.headersFor(next.pseudonym), { 'x-kuager-invitation': 'kg-1234-5678' })
  })

  it('of January are vouched for by those of December', () => {
    assert.equal(monthBefore('2027-01'), '2026-12')
    assert.throws(() => monthBefore('2027-13'), { code: 'month.invalid' })
  })
})
