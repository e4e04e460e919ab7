import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startBucketServer, type BucketServer } from '../../../test/kit/servers/bucket-server.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { openStores, type OpenStores } from '../../../test/kit/stores/open-stores.ts'
import { packTar } from '../../../test/kit/servers/pack-tar.ts'
import { parseCountryCode, parseInstant } from '../../core/model/units.ts'
import { digest } from '../judge/judge-bytes.ts'
import { followOnce, type PassResult } from './follow.ts'

const lineOf = (name: string): string => JSON.stringify(webMeasurement({ url: `https://${name}.example/` }))
const fileOf = (...names: string[]): Buffer => gzipSync(names.map((name) => `${lineOf(name)}\n`).join(''))
const keyOf = (hour: string, name: string): string =>
  `raw/20260804/${hour}/KZ/webconnectivity/20260804${hour}_KZ_webconnectivity.${name}`

interface Following {
  readonly server: BucketServer
  readonly stores: OpenStores
  readonly lines: string[]
  pass(at: string): Promise<PassResult>
  has(name: string): Promise<boolean>
}

/** A bucket with pages of two keys, followed since midnight of 4 August 2026. */
async function withFollower(test: (following: Following) => Promise<void>): Promise<void> {
  await using server = await startBucketServer(2)
  await using stores = await openStores(parseInstant('2026-08-04'))
  const lines: string[] = []
  await test({
    server,
    stores,
    lines,
    pass(at) {
      stores.setNow(parseInstant(at))
      server.requests.length = 0
      return followOnce(stores, {
        url: server.url,
        country: parseCountryCode('KZ'),
        since: parseInstant('2026-08-04'),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
        onLine: (line) => void lines.push(line),
      })
    },
    has: (name) => stores.archive.has(digest(lineOf(name))),
  })
}

describe('followOnce()', () => {
  it('imports every file of every page once, with bucket and key as its source', () =>
    withFollower(async ({ server, stores, pass }) => {
      const names = ['a', 'b', 'c', 'd', 'e']
      for (const name of names) server.objects.set(keyOf('00', `n0.${name}.jsonl.gz`), fileOf(name))
      const first = await pass('2026-08-04 01:30:00')
      assert.deepEqual([first.files, first.tally.added, first.pending], [5, 5, 0])
      const archived = await stores.archive.read(digest(lineOf('c')))
      assert.ok(archived?.kind === 'blob')
      assert.equal(archived.provenance.channel, 'ooni-bucket')
      assert.equal(archived.provenance.origin, keyOf('00', 'n0.c.jsonl.gz'))
      const second = await pass('2026-08-04 01:45:00')
      assert.deepEqual([second.files, second.tally.read], [0, 0])
      assert.ok(server.requests.every((path) => path.startsWith('/?')))
    }))

  it('goes on over hours without files', () =>
    withFollower(async ({ server, pass, has }) => {
      server.objects.set(keyOf('03', 'n0.0.jsonl.gz'), fileOf('late-hour'))
      assert.equal((await pass('2026-08-04 04:30:00')).pending, 0)
      assert.ok(await has('late-hour'))
    }))

  it('reads the posted form of no measurements that lie beside it as lines', () =>
    withFollower(async ({ server, stores, pass, has }) => {
      const body = Buffer.from(JSON.stringify({ format: 'json', content: JSON.parse(lineOf('both')) as unknown }))
      server.objects.set(keyOf('00', 'n0.0.jsonl.gz'), fileOf('both'))
      server.objects.set(keyOf('00', 'n0.0.tar.gz'), gzipSync(packTar([{ name: 'x/x.post', body }])))
      await pass('2026-08-05 12:00:00')
      assert.equal(stores.archive.size, 1)
      assert.ok(await has('both'))
    }))

  it('reads the posted form where the lines never came', () =>
    withFollower(async ({ server, stores, pass }) => {
      const body = Buffer.from(JSON.stringify({ format: 'json', content: lineOf('posted') }))
      server.objects.set(keyOf('00', 'n0.0.tar.gz'), gzipSync(packTar([{ name: 'x/x.post', body }])))
      await pass('2026-08-04 03:00:00')
      assert.equal(stores.archive.size, 0)
      await pass('2026-08-05 12:00:00')
      assert.equal(stores.archive.size, 1)
    }))

  it('leaves a settled hour alone and lists it again a day later for files that came late', () =>
    withFollower(async ({ server, pass, has }) => {
      server.objects.set(keyOf('00', 'n0.0.jsonl.gz'), fileOf('in-time'))
      await pass('2026-08-04 02:30:00')
      server.objects.set(keyOf('00', 'n0.1.jsonl.gz'), fileOf('late'))
      await pass('2026-08-04 12:00:00')
      assert.ok(!server.requests.some((path) => path.includes('raw/20260804/00/')))
      assert.ok(!(await has('late')))
      await pass('2026-08-05 02:30:00')
      assert.ok(await has('late'))
      await pass('2026-08-06 02:30:00')
      assert.ok(!server.requests.some((path) => path.includes('raw/20260804/00/')))
    }))

  it('tries a file again whose connection was cut, and goes on with the others', () =>
    withFollower(async ({ server, pass, has, lines }) => {
      const key = keyOf('00', 'n0.0.jsonl.gz')
      server.objects.set(key, fileOf('cut'))
      server.objects.set(keyOf('00', 'n0.1.jsonl.gz'), fileOf('whole'))
      server.cuts.set(key, 100)
      const first = await pass('2026-08-04 01:30:00')
      assert.deepEqual([first.pending, await has('cut'), await has('whole')], [1, false, true])
      assert.ok(lines.some((line) => line.includes(key)))
      server.cuts.clear()
      const second = await pass('2026-08-04 01:45:00')
      assert.deepEqual([second.pending, await has('cut')], [0, true])
    }))

  it('keeps what is whole of a file that was stored cut short, and takes the rest when it is replaced', () =>
    withFollower(async ({ server, pass, has }) => {
      const key = keyOf('00', 'n0.0.jsonl.gz')
      const whole = gzipSync(`${lineOf('begin')}\n${lineOf('end')}\n`, { level: 0 })
      server.objects.set(key, whole.subarray(0, whole.length - 200))
      assert.equal((await pass('2026-08-04 01:30:00')).pending, 1)
      assert.deepEqual([await has('begin'), await has('end')], [true, false])
      server.objects.set(key, whole)
      assert.equal((await pass('2026-08-05 12:00:00')).pending, 0)
      assert.ok(await has('end'))
    }))

  it('waits out a busy server, and leaves what it cannot list for the next pass', () =>
    withFollower(async ({ server, pass, has }) => {
      server.objects.set(keyOf('00', 'n0.0.jsonl.gz'), fileOf('busy'))
      server.busy = 2
      await pass('2026-08-04 00:30:00')
      assert.ok(await has('busy'))
      server.objects.set(keyOf('00', 'n0.1.jsonl.gz'), fileOf('away'))
      server.busy = 1000
      assert.ok((await pass('2026-08-04 00:40:00')).pending > 0)
      server.busy = 0
      assert.equal((await pass('2026-08-04 00:50:00')).pending, 0)
      assert.ok(await has('away'))
    }))
})
