import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import {
  registryPlaces,
  REGISTRY_KINDS,
  startPostgres,
  WITHOUT_POSTGRES,
} from '../../../../test/kit/stores/postgres.ts'
import { Fault } from '../../../core/model/errors.ts'
import { parseAsn } from '../../../core/model/units.ts'
import { GRADES, type KeyRow, type Registry } from '../contract.ts'
import { openRegistry } from '../sqlite.ts'
import { openKeyStore, readRevocations } from './open.ts'

const NAMES = ['a', 'b', 'c', "d'; --", 'ә"\\%', 'f'] as const
const ASNS = [9198, 29355].map((asn) => parseAsn(asn))
const name = fc.constantFrom(...NAMES)
const asn = fc.constantFrom(...ASNS)
const day = fc.integer({ min: 1, max: 12 })

const key: fc.Arbitrary<KeyRow> = fc
  .record({
    pseudonym: name,
    asn,
    grade: fc.constantFrom(...GRADES),
    bornOn: day,
    seenOn: day,
    matchedDays: day,
    matchedOn: day,
    endsOn: fc.option(day, { nil: undefined }),
    lineage: fc.option(name, { nil: undefined }),
  })
  .map(({ endsOn, lineage, ...row }) => ({
    ...row,
    ...(endsOn === undefined ? {} : { endsOn }),
    ...(lineage === undefined ? {} : { lineage }),
  }))

type Act = (registry: Registry) => unknown
const act: fc.Arbitrary<Act> = fc.oneof(
  key.map(
    (row): Act =>
      (to) =>
        to.save(row),
  ),
  fc.record({ number: name, bornOn: day, next: fc.option(name, { nil: undefined }) }).map(
    ({ next, ...one }): Act =>
      (to) =>
        to.saveLineage(next === undefined ? one : { ...one, next }),
  ),
  fc.record({ lineage: name, asn, month: day }).map(
    (heir): Act =>
      (to) =>
        to.addHeir(heir),
  ),
  fc.record({ hash: name, expiresOn: day, usesLeft: day, lineage: name }).map(
    (one): Act =>
      (to) =>
        to.saveInvitation(one),
  ),
  fc.record({ hash: name, asn, replacedIn: fc.option(day, { nil: undefined }) }).map(
    ({ replacedIn, ...one }): Act =>
      (to) =>
        to.saveEnrolment(replacedIn === undefined ? one : { ...one, replacedIn }),
  ),
  fc.tuple(name, day).map(
    ([one, from]): Act =>
      (to) =>
        to.saveRevocation(one, from),
  ),
)
const forgetting = fc.record({ seen: day, seenOnce: day }).map(
  (days): Act =>
    (to) =>
      to.forget(days),
)
/** Several together, some of which are undone. */
const acts = fc.array(
  fc.oneof(
    fc.record({ together: fc.array(act, { minLength: 1, maxLength: 4 }), fails: fc.boolean() }),
    // It has a transaction of its own.
    forgetting.map((one) => ({ alone: one })),
  ),
  { maxLength: 12 },
)
type Acts = { readonly together: readonly Act[]; readonly fails: boolean } | { readonly alone: Act }

/** Copies have plain prototypes, which rows that fast-check makes have not. */
const seenOf = (registry: Registry): object =>
  structuredClone({
    keys: registry.keys(),
    lineages: registry.lineages(),
    invitations: registry.invitations(),
    enrolments: NAMES.flatMap((hash) => ASNS.map((of) => registry.enrolment(hash, of) ?? null)),
    revocations: [...registry.revocations()].sort(([a], [b]) => (a < b ? -1 : 1)),
    born: [1, 2, 3, 4].map((of) => registry.bornOn(of)),
    lineage: NAMES.map((of) => [registry.key(of) ?? null, registry.lineage(of) ?? null, registry.keysOf(of)]),
  })

function perform(registry: Registry, acts: Acts): unknown {
  if ('alone' in acts) return acts.alone(registry)
  const { together, fails } = acts
  try {
    return registry.transaction(() => {
      const results = together.filter((_, nth) => !(fails && nth > 0)).map((one) => one(registry))
      if (fails) throw new Error('undone')
      return results
    })
  } catch {
    return 'undone'
  }
}

for (const kind of REGISTRY_KINDS)
  describe(`keys of probes, ${kind}`, { skip: kind === 'postgres' && WITHOUT_POSTGRES }, () => {
    const places = registryPlaces(kind)
    let folder = ''
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kuager-key-store-'))
      await places.begin()
    })
    after(async () => {
      await places.end()
      await rm(folder, { recursive: true })
    })

    it('are as in the file of SQLite after any acts, at once and when they are read again', async () => {
      let nth = 0
      await fc.assert(
        fc.asyncProperty(acts, async (groups) => {
          const where = await places.place()
          using file = openRegistry(join(folder, String(nth++)))
          {
            await using store = await openKeyStore(where)
            for (const group of groups) {
              assert.deepEqual(perform(store, group), perform(file, group))
              assert.deepEqual(seenOf(store), seenOf(file))
            }
            await store.durable()
            if (kind === 'sqlite') return // its database ends with it
          }
          await using again = await openKeyStore(where)
          assert.deepEqual(seenOf(again), seenOf(file))
        }),
        { numRuns: kind === 'sqlite' ? 100 : 12 },
      )
    })
  })

describe('keys of probes in PostgreSQL', { skip: WITHOUT_POSTGRES }, () => {
  const row = (pseudonym: string): KeyRow => ({
    ...{ pseudonym, asn: ASNS[0]!, grade: 'plain', bornOn: 1, seenOn: 1, matchedDays: 1, matchedOn: 1 },
  })

  it('that were revoked are read without the lock, where another process has it', async () => {
    await using server = await startPostgres()
    const place = await server.database()
    assert.equal((await readRevocations(place)).revocations().size, 0) // no tables yet
    await using store = await openKeyStore(place)
    store.saveRevocation('a', 20_000)
    await store.durable()
    assert.deepEqual([...(await readRevocations(place)).revocations()], [['a', 20_000]])
    await assert.rejects(readRevocations({ ...place, url: place.url.replace('?host=', '?host=/nowhere') }), Fault)
  })

  it('are written after a lost connection, and by no second process', async () => {
    await using server = await startPostgres()
    const place = await server.database()
    await using store = await openKeyStore(place)
    store.save(row('a'))
    await store.durable()
    await assert.rejects(openKeyStore(place), /another process holds it/)
    const cut = (): Promise<string> =>
      server.ask(place.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kuager'")
    await cut()
    store.save(row('b'))
    // The first call finds the connection lost; what it had to write is not forgotten.
    await store.durable().catch(() => store.durable())
    assert.equal(await server.ask(place.url, "SELECT string_agg(pseudonym, ',' ORDER BY pseudonym) FROM keys"), 'a,b\n')
    await cut()
    {
      await using other = await openKeyStore(place)
      other.save(row('c'))
      await other.durable()
    }
    store.save(row('d'))
    await assert.rejects(async () => {
      await store.durable().catch(() => undefined)
      await store.durable()
    }, /another process has used them/)
    assert.equal(await server.ask(place.url, 'SELECT count(*) FROM keys'), '3\n')
  })
})
