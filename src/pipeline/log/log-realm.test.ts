import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { openStores, type OpenStores } from '../../../test/kit/stores/open-stores.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { instant, parseInstant, parseSha256 } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { awayFault, isWarehouseAway } from '../../store/warehouse/away.ts'
import type { LeafRange } from '../../store/warehouse/contract.ts'
import { importMeasurements } from '../import/import.ts'
import type { ImportTally } from '../import/tally.ts'
import { realmGuard, realmOf, realmsOf } from './log-realm.ts'

const bytesOf = (asn: string, nth: number): Buffer =>
  Buffer.from(JSON.stringify(webMeasurement({ probeAsn: asn, url: `https://site-${nth}.example/` })))
const REAL = 'AS9198'
const SIMULATED = 'AS64500'

describe('the realm of a folder', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-realm-'))))
  after(() => rm(root, { recursive: true }))
  let files = 0
  const importOf = async (
    stores: OpenStores,
    asns: readonly string[],
    realm?: Realm,
  ): Promise<Readonly<ImportTally>> => {
    const path = join(root, `${files++}.jsonl`)
    await writeFile(path, asns.map((asn, nth) => `${bytesOf(asn, files * 100 + nth).toString()}\n`).join(''))
    const taken = { ...stores, ...(realm === undefined ? {} : { realm: async () => realm }) }
    const signal = new AbortController().signal
    return (await importMeasurements(path, taken, { signal, channel: 'file' })).tally
  }
  const archived = async (stores: OpenStores, bytes: Buffer): Promise<void> => {
    const id = parseSha256(Buffer.from(sha256(bytes)).toString('hex'))
    const provenance = { id, receivedAt: instant(1), channel: 'file', origin: 'x' } as const
    await stores.archive.append([{ provenance, bytes, publicSha256: id }])
  }

  it('is that of what was judged, and of what is archived and not judged yet', async () => {
    await using stores = await openStores(parseInstant('2025-03-01'))
    assert.deepEqual([...(await realmsOf(stores))], [])
    await importOf(stores, [REAL])
    assert.deepEqual([...(await realmsOf(stores))], ['real'])
    await realmGuard(stores, 'real')(0, stores.archive.size)
    await archived(stores, bytesOf(SIMULATED, 7))
    assert.deepEqual([...(await realmsOf(stores))], ['real', 'simulated'])
    const size = stores.archive.size
    await realmGuard(stores, 'real')(0, size - 1)
    await assert.rejects(realmGuard(stores, 'real')(0, size), InputError)
    await assert.rejects(realmGuard(stores, 'real')(size - 1, size), InputError)
    await assert.rejects(realmGuard(stores, 'simulated')(0, size), InputError)
  })

  it('is read from the archive while the warehouse is away, whichever question finds it so', async () => {
    await using stores = await openStores(parseInstant('2025-03-01'))
    await importOf(stores, [REAL])
    const away = async (): Promise<never> => {
      throw awayFault('Cannot reach the warehouse', undefined)
    }
    const real = { hasReal: async () => true, hasSimulated: async () => false, missingLeaves: async () => [] }
    const all = { hasReal: away, hasSimulated: away, missingLeaves: away }
    const warehouses = [all, ...Object.keys(real).map((question) => ({ ...real, [question]: away }))]
    for (const warehouse of warehouses) assert.deepEqual([...(await realmsOf({ ...stores, warehouse }))], ['real'])
    await realmGuard({ ...stores, warehouse: all }, 'real')(0, 1)
    await archived(stores, bytesOf(SIMULATED, 7))
    for (const warehouse of warehouses)
      assert.deepEqual([...(await realmsOf({ ...stores, warehouse }))], ['real', 'simulated'])
    for (const one of [all, { ...real, hasSimulated: away }, { ...real, missingLeaves: away }])
      await assert.rejects(realmGuard({ ...stores, warehouse: one }, 'real')(0, 2), InputError)
    // Before a log is begun, so many would keep those who ask for it waiting for minutes.
    const many = { size: 65_537, scan: () => assert.fail('read') }
    await assert.rejects(realmsOf({ archive: many, warehouse: all }), isWarehouseAway)
    const broken = { ...all, missingLeaves: async () => assert.fail('broken') }
    await assert.rejects(realmsOf({ ...stores, warehouse: broken }), /broken/)
  })

  it('is not missed where a measurement is judged between two questions', async () => {
    await using stores = await openStores(parseInstant('2025-03-01'))
    await archived(stores, bytesOf(SIMULATED, 7))
    let isJudged = false
    const later = <T>(before: T, after: T) => {
      return async (): Promise<T> => {
        const answer = isJudged ? after : before
        isJudged = true
        return answer
      }
    }
    for (const realm of ['real', 'simulated'] as const) {
      isJudged = false
      const warehouse = {
        hasReal: later(false, false),
        hasSimulated: later(false, true),
        missingLeaves: later<readonly LeafRange[]>([{ from: 0, until: 1 }], []),
      }
      const guarded = realmGuard({ ...stores, warehouse }, realm)(0, 1)
      if (realm === 'real') await assert.rejects(guarded, InputError)
      else await guarded
    }
  })

  it('is no question for bytes that are no measurement, and for other entries', async () => {
    assert.equal(realmOf(Buffer.from('{')), undefined)
    assert.equal(realmOf(Buffer.from('{"a":1}')), undefined)
    assert.equal(realmOf(bytesOf(REAL, 1)), 'real')
    assert.equal(
      realmOf(Buffer.from(JSON.stringify({ format: 'json', content: bytesOf(SIMULATED, 1).toString() }))),
      'simulated',
    )
    await using stores = await openStores(parseInstant('2025-03-01'))
    await archived(stores, Buffer.from('{"a":1}'))
    await stores.archive.appendEntry('custody-event', Buffer.from('{}'), instant(1))
    await realmGuard(stores, 'real')(0, 2)
    await realmGuard(stores, 'simulated')(0, 2)
  })

  it('lets an import take what is of it, and say of the rest why not', async () => {
    {
      await using stores = await openStores(parseInstant('2025-03-01'))
      const tally = await importOf(stores, [REAL, SIMULATED, REAL], 'real')
      assert.partialDeepStrictEqual(tally, { read: 3, added: 2, rejected: 1 })
      assert.deepEqual(tally.reasons, { 'log.simulated': 1 })
      assert.equal(stores.archive.size, 2)
      assert.equal(await stores.warehouse.hasSimulated(), false)
    }
    await using stores = await openStores(parseInstant('2025-03-01'))
    const simulated = await importOf(stores, [SIMULATED, REAL], 'simulated')
    assert.partialDeepStrictEqual(simulated, { added: 1, rejected: 1 })
    assert.deepEqual(simulated.reasons, { 'log.real': 1 })
    assert.partialDeepStrictEqual(await importOf(stores, [REAL, SIMULATED]), { added: 2, rejected: 0 })
  })
})
