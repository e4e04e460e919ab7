import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { makeSigner, vouchHeader, type Signer } from '../../../test/kit/signed-submission.ts'
import { instant, parseAsn, type Instant } from '../../model/units.ts'
import type { Registry } from '../../store/registry/contract.ts'
import { openRegistry } from '../../store/registry/sqlite.ts'
import { dayOf, invitationHash, Standings, type Claimed } from './standings.ts'

const DAY = 86_400_000
const START = Date.UTC(2025, 2, 10, 12)
const day = (n: number): Instant => instant(START + n * DAY)
const home = parseAsn(9198)
const sister = parseAsn(50482)
const other = parseAsn(29355)

describe('standing of a submission', () => {
  let folder: string
  let registry: Registry
  let standings: Standings
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-standings-'))
    registry = openRegistry(folder)
    standings = new Standings({ registry, sameOwner: (a, b) => [a, b].every((asn) => asn === home || asn === sister) })
  })
  afterEach(async () => {
    registry[Symbol.dispose]()
    await rm(folder, { recursive: true })
  })
  const from = (signer: Signer, rest: Partial<Claimed> = {}): Claimed => ({
    asn: home,
    senderAsn: home,
    key: signer.key,
    pseudonym: signer.pseudonym,
    ...rest,
  })
  const standing = (claimed: Claimed, at: Instant): string | undefined => standings.of(claimed, at)?.standing
  const become = (signer: Signer): void => {
    for (const n of [0, 3, 7]) standing(from(signer), day(n))
  }

  it('is "unsigned" without a key', () => assert.equal(standing({ asn: home, senderAsn: home }, day(0)), 'unsigned'))

  it('is "known" after a week and three days from the claimed network, and not before', () => {
    const signer = makeSigner()
    assert.deepEqual(
      [0, 1, 2, 6, 7].map((n) => standing(from(signer), day(n))),
      ['new', 'new', 'new', 'new', 'known'],
    )
    const rare = makeSigner()
    assert.deepEqual(
      [0, 30, 31].map((n) => standing(from(rare), day(n))),
      ['new', 'new', 'known'],
    )
  })

  it('never becomes "known" where no table says which network it comes from', () => {
    const signer = makeSigner()
    const { senderAsn: _, ...unplaced } = from(signer)
    for (let n = 0; n < 40; n++) assert.equal(standing(unplaced, day(n)), 'new')
  })

  it('is "mismatched" from another network than is claimed, and not from a sister of it', () => {
    const signer = makeSigner()
    become(signer)
    assert.equal(standing(from(signer, { senderAsn: sister }), day(8)), 'known')
    assert.equal(standing(from(signer, { senderAsn: other }), day(8)), 'mismatched')
  })

  it('is "mismatched" where a key claims another network than its own, however trusted', () => {
    const signer = makeSigner()
    registry.invite([{ hash: invitationHash('code'), expiresOn: dayOf(day(90)), usesLeft: 5 }])
    assert.equal(standing(from(signer, { invitation: 'code' }), day(0)), 'enrolled')
    assert.equal(standing(from(signer, { asn: other, senderAsn: other }), day(0)), 'mismatched')
  })

  it('of an invited key stands by whatever way its measurement comes', () => {
    const signer = makeSigner()
    registry.invite([{ hash: invitationHash('code'), expiresOn: dayOf(day(90)), usesLeft: 5 }])
    assert.equal(standing(from(signer, { invitation: 'code', senderAsn: other }), day(0)), 'enrolled')
    assert.equal(standing(from(signer, { senderAsn: other }), day(1)), 'enrolled')
  })

  it('is given by a code to five keys, each once, until it expires', () => {
    registry.invite([{ hash: invitationHash('code'), expiresOn: dayOf(day(90)), usesLeft: 5 }])
    const invited = (signer: Signer, n: number): unknown => standing(from(signer, { invitation: 'code' }), day(n))
    const five = Array.from({ length: 5 }, makeSigner)
    for (const signer of five) assert.equal(invited(signer, 0), 'enrolled')
    for (const signer of five) assert.equal(invited(signer, 1), 'enrolled')
    assert.equal(invited(makeSigner(), 1), undefined)
    registry.invite([{ hash: invitationHash('late'), expiresOn: dayOf(day(3)), usesLeft: 5 }])
    assert.equal(standing(from(makeSigner(), { invitation: 'late' }), day(4)), undefined)
    assert.equal(standing(from(makeSigner(), { invitation: 'nobody gave it' }), day(4)), undefined)
  })

  it('stays "new" for all of a crowd born behind one prefix in a day', () => {
    const crowd = Array.from({ length: 6 }, makeSigner)
    for (const signer of crowd) standing(from(signer, { senderPrefix: 'a' }), day(0))
    const alone = makeSigner()
    standing(from(alone, { senderPrefix: 'b' }), day(0))
    for (const n of [3, 7, 30]) for (const signer of crowd) assert.equal(standing(from(signer), day(n)), 'new')
    for (const n of [3, 7]) standing(from(alone), day(n))
    assert.equal(standing(from(alone), day(8)), 'known')
  })

  it('stays "new" for all of a crowd born in one network in a day, and fills no disk', () => {
    const crowd = Array.from({ length: 300 }, makeSigner)
    for (const [n, signer] of crowd.entries()) standing(from(signer, { senderPrefix: String(n) }), day(0))
    assert.ok(registry.keys().length <= 100)
    for (const n of [3, 7, 9])
      for (const signer of crowd.slice(0, 20)) assert.equal(standing(from(signer), day(n)), 'new')
  })

  it('passes on to the key of the next month once, and ends for the older a week later', () => {
    const [older, newer, second] = [makeSigner(), makeSigner(), makeSigner()]
    become(older)
    const next = (signer: Signer): Partial<Claimed> => ({ vouch: vouchHeader(older, signer, '2025-04') })
    assert.equal(standing(from(newer, next(newer)), day(22)), 'known')
    assert.equal(standing(from(newer), day(23)), 'known')
    assert.equal(standing(from(second, next(second)), day(23)), 'new')
    assert.equal(standing(from(older), day(29)), 'known')
    assert.equal(standing(from(older), day(30)), 'new')
    assert.equal(standing(from(newer), day(30)), 'known')
  })

  it('passes on to nobody by a word of another month, network or key', () => {
    const [older, newer, stranger] = [makeSigner(), makeSigner(), makeSigner()]
    become(older)
    for (const rest of [
      { vouch: vouchHeader(older, newer, '2025-06') },
      { vouch: vouchHeader(older, stranger, '2025-04') },
      { vouch: vouchHeader(older, newer, '2025-04'), asn: other, senderAsn: other },
      { vouch: vouchHeader(stranger, newer, '2025-04') },
      { vouch: 'no base64 of anything' },
      { vouch: Buffer.from('{"key":1,"signature":2}').toString('base64') },
    ])
      assert.notEqual(standing(from(makeSignerLike(newer), rest), day(22)), 'known')
  })

  it('of a revoked key is "new", also with a code', () => {
    const signer = makeSigner()
    become(signer)
    registry.save({ ...registry.key(signer.pseudonym)!, grade: 'revoked' }) // it became known just now
    registry.invite([{ hash: invitationHash('code'), expiresOn: dayOf(day(90)), usesLeft: 5 }])
    assert.equal(standing(from(signer), day(8)), 'new')
    assert.equal(standing(from(signer, { invitation: 'code' }), day(8)), 'new')
  })

  it('survives a restart, and of a key not seen for 100 days nothing is left', () => {
    const signer = makeSigner()
    become(signer)
    registry[Symbol.dispose]()
    registry = openRegistry(folder)
    standings = new Standings({ registry, sameOwner: () => false })
    assert.equal(standing(from(signer), day(8)), 'known')
    standing({ asn: home }, day(120))
    assert.deepEqual(registry.keys(), [])
  })

  it('keeps no key, no address, no link from one key to the next', async () => {
    const [older, newer] = [makeSigner(), makeSigner()]
    become(older)
    standing(from(newer, { vouch: vouchHeader(older, newer, '2025-04'), senderPrefix: 'prefix-of-today' }), day(22))
    for (const row of registry.keys()) assert.ok(!JSON.stringify({ ...row, pseudonym: '' }).includes(older.pseudonym))
    for (const name of await readdir(join(folder, 'registry'))) {
      const bytes = (await readFile(join(folder, 'registry', name))).toString('latin1')
      for (const word of [older.key, newer.key, 'prefix-of-today']) assert.ok(!bytes.includes(word), name)
    }
  })
})

/** The same key each time: what was refused once may be tried again. */
const makeSignerLike = (signer: Signer): Signer => signer
