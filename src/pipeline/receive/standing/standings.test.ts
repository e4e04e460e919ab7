import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { makeSigner, vouchHeader, type Signer } from '../../../../test/kit/measured/signed-submission.ts'
import { DAY_MS } from '../../../core/model/duration.ts'
import { instant, parseAsn, type Asn, type Instant } from '../../../core/model/units.ts'
import type { Registry } from '../../../store/registry/contract.ts'
import { openRegistry } from '../../../store/registry/sqlite.ts'
import { invitationHash } from './enrol.ts'
import { dayNumber, Standings, type Claimed } from './standings.ts'

const START = Date.UTC(2025, 2, 10, 12)
const day = (n: number): Instant => instant(START + n * DAY_MS)
const home = parseAsn(9198)
const sister = parseAsn(50482)
const other = parseAsn(29355)

describe('standing of a submission', () => {
  let folder: string
  let registry: Registry & Disposable
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
  const device = (claimed: Claimed, at: Instant): string | undefined => standings.of(claimed, at)?.device
  const become = (signer: Signer): void => {
    for (const n of [0, 3, 7]) standing(from(signer), day(n))
  }
  const invite = (code: string, until = 90): void =>
    registry.saveInvitation({
      hash: invitationHash(code),
      expiresOn: dayNumber(day(until)),
      usesLeft: 5,
      lineage: `lineage of ${code}`,
    })

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
    invite('code')
    assert.equal(standing(from(signer, { invitation: 'code' }), day(0)), 'enrolled')
    assert.equal(standing(from(signer, { asn: other, senderAsn: other }), day(0)), 'mismatched')
  })

  it('of an invited key is the same for every way its measurement comes', () => {
    const signer = makeSigner()
    invite('code')
    assert.equal(standing(from(signer, { invitation: 'code', senderAsn: other }), day(0)), 'enrolled')
    assert.equal(standing(from(signer, { senderAsn: other }), day(1)), 'enrolled')
  })

  it('is given by a code to one key of each of five networks, until it expires', () => {
    invite('code')
    const networks = [home, other, sister, 64500, 64501, 64502].map(parseAsn)
    const invited = (asn: Asn, n: number, code = 'code'): unknown =>
      standing(from(makeSigner(), { invitation: code, asn, senderAsn: asn }), day(n))
    for (const asn of networks.slice(0, 5)) assert.equal(invited(asn, 0), 'enrolled')
    assert.equal(invited(networks[5]!, 1), undefined)
    invite('late', 3)
    assert.equal(invited(home, 4, 'late'), undefined)
    assert.equal(invited(home, 4, 'a code that was never given'), undefined)
  })

  it('by a code is of one key on a network: another takes its place once a month, and they are one device', () => {
    invite('code')
    const five = Array.from({ length: 5 }, makeSigner)
    const of = (signer: Signer, n: number): unknown => standing(from(signer, { invitation: 'code' }), day(n))
    assert.deepEqual(
      five.map((signer) => of(signer, 0)),
      ['enrolled', 'enrolled', undefined, undefined, undefined],
    )
    assert.equal(standing(from(five[0]!), day(0)), 'new')
    assert.equal(of(five[0]!, 1), undefined)
    assert.equal(of(five[2]!, 22), 'enrolled') // in April
    const devices = five.map((signer) => device(from(signer), day(22)))
    assert.equal(devices.filter((name) => name !== undefined).length, 1)
  })

  it('by different codes is of different devices behind one address, and by one code of one on each network', () => {
    invite('code')
    invite('other code')
    const by = (code: string, asn: Asn): string | undefined =>
      device(from(makeSigner(), { invitation: code, asn, senderAsn: asn, senderPrefix: 'a' }), day(0))
    const found = [by('code', home), by('other code', home), by('code', other)]
    for (const name of found) assert.match(name ?? '', /^d[0-9a-f]{16}$/)
    assert.equal(new Set(found).size, 3)
  })

  it('of keys born behind one sender on a day is of one device for good', () => {
    const crowd = Array.from({ length: 9 }, makeSigner)
    for (const n of [0, 3, 7]) for (const signer of crowd) standing(from(signer, { senderPrefix: `${n}` }), day(n))
    const devices = crowd.map((signer, nth) => device(from(signer, { senderPrefix: `own ${nth}` }), day(8)))
    assert.equal(new Set(devices.filter((name) => name !== undefined)).size, 1)
  })

  it('is "known" for one uninvited device of a sender and day', () => {
    const keys = Array.from({ length: 4 }, makeSigner)
    const at = (n: number, prefix: (nth: number) => string): readonly unknown[] =>
      keys.map((signer, nth) => standing(from(signer, { senderPrefix: prefix(nth) }), day(n)))
    for (const n of [0, 3, 7]) at(n, String)
    assert.deepEqual(
      at(8, () => 'one'),
      ['known', 'new', 'new', 'new'],
    )
    assert.deepEqual(at(9, String), ['known', 'known', 'known', 'known'])
    const devices = keys.map((signer, nth) => device(from(signer, { senderPrefix: String(nth) }), day(9)))
    assert.equal(new Set(devices).size, 4)
  })

  it('leaves no row of a newcomer from elsewhere, or from where no table knows', () => {
    for (let n = 0; n < 300; n++) {
      const asn = parseAsn(400_000 + n)
      standing(from(makeSigner(), { asn, senderAsn: other }), day(0))
      const { senderAsn: _, ...unplaced } = from(makeSigner(), { asn })
      standing(unplaced, day(0))
    }
    assert.deepEqual(registry.keys(), [])
  })

  it('leaves five rows a day of one sender in the network', () => {
    for (let n = 0; n < 300; n++) standing(from(makeSigner(), { senderPrefix: 'a' }), day(0))
    assert.equal(registry.keys().length, 5)
  })

  it('of an honest newcomer is "known" after a week, however many keys of elsewhere claim its network', () => {
    const honest = makeSigner()
    for (const n of [0, 1, 2, 3, 7]) {
      for (let nth = 0; nth < 40; nth++) standing(from(makeSigner(), { senderAsn: other, senderPrefix: 'x' }), day(n))
      standing(from(honest, { senderPrefix: 'home' }), day(n))
    }
    assert.equal(standing(from(honest, { senderPrefix: 'home' }), day(8)), 'known')
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

  it('passes on to no one by a word of another month, network or key', () => {
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

  it('has one heir of a lineage in a month: no chain of heirs, and none for a second key', () => {
    invite('code')
    const stolen = makeSigner()
    assert.equal(standing(from(stolen, { invitation: 'code' }), day(0)), 'enrolled')
    let last = stolen
    const chain = Array.from({ length: 5 }, () => {
      const heir = makeSigner()
      const found = standing(from(heir, { vouch: vouchHeader(last, heir, '2025-03') }), day(0))
      last = heir
      return found
    })
    assert.deepEqual(chain, ['enrolled', 'new', 'new', 'new', 'new'])
  })

  it('passes on later where the first word of the elder came too early or was lost', () => {
    const [older, newer] = [makeSigner(), makeSigner()]
    standing(from(newer), day(7))
    become(older)
    assert.equal(standing(from(newer, { vouch: vouchHeader(older, newer, '2025-03') }), day(8)), 'known')
  })

  it('of an heir is of the device of its elder, for 100 days', () => {
    invite('code')
    const first = makeSigner()
    const before = device(from(first, { invitation: 'code' }), day(0))
    let elder = first
    const devices = ['2025-04', '2025-05', '2025-06', '2025-07'].map((month) => {
      const heir = makeSigner()
      const at = instant(Date.parse(`${month}-02T12:00:00Z`))
      const found = device(from(heir, { vouch: vouchHeader(elder, heir, month) }), at)
      elder = heir
      return found
    })
    assert.deepEqual(devices.slice(0, 3), [before, before, before])
    assert.match(devices[3] ?? '', /^d/)
    assert.notEqual(devices[3], before)
  })

  it('of a revoked key is "new", also with a code', () => {
    const signer = makeSigner()
    become(signer)
    registry.save({ ...registry.key(signer.pseudonym)!, grade: 'revoked' }) // it became known just now
    invite('code')
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
