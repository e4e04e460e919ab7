import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { SAMPLES } from '../../../test/kit/measured/samples.ts'
import { openStores, type OpenStores } from '../../../test/kit/stores/open-stores.ts'
import { parseInstant } from '../../core/model/units.ts'
import { openWorkerPool } from '../../runtime/worker-pool.ts'
import { importMeasurements, type ImportOptions, type ImportResult } from './import.ts'
import { digest } from '../judge/judge-bytes.ts'

const signal = new AbortController().signal
const NOW = parseInstant('2026-03-01 12:00:00')

let stores: OpenStores
let inputs = ''
before(async () => {
  stores = await openStores(NOW)
  inputs = join(stores.folder, 'inputs')
  await mkdir(inputs)
})
after(() => stores[Symbol.asyncDispose]())

async function importText(
  name: string,
  bytes: Uint8Array | string,
  options: Partial<ImportOptions> = {},
): Promise<ImportResult> {
  const path = join(inputs, name)
  await writeFile(path, bytes)
  return importMeasurements(path, stores, { signal, channel: 'file', ...options })
}
const lineOf = (name: string): string => JSON.stringify(webMeasurement({ url: `https://${name}.example/` }))

describe('importMeasurements()', () => {
  it('archives the bytes as received and stores a verdict of each under their digest', async () => {
    const line = lineOf('first')
    const { tally } = await importText('one.json', `  ${line}\r\n`)
    assert.deepEqual([tally.read, tally.added], [1, 1])
    const id = digest(line)
    const archived = await stores.archive.read(id)
    assert.ok(archived?.kind === 'blob')
    assert.equal(Buffer.from(archived.bytes).toString(), line)
    assert.deepEqual(archived.provenance, { id, receivedAt: NOW, channel: 'file', origin: 'one.json' })
    const stored = await stores.warehouse.measurement(id)
    assert.equal(stored?.service, 'web:first.example')
    assert.equal(stored?.verdict.kind, 'reachable')
    assert.equal(stored?.leafIndex, archived.leafIndex)
  })

  it('adds nothing the second time, also from another file and wrapping', async () => {
    const lines = [lineOf('second'), lineOf('third')].join('\n')
    assert.equal((await importText('a.jsonl', lines)).tally.added, 2)
    const size = stores.archive.size
    const { tally } = await importText('b.gz', gzipSync(lines))
    assert.deepEqual([tally.added, tally.known], [0, 2])
    assert.equal(stores.archive.size, size)
  })

  it('counts a line that stands twice in one file once as added and once as known', async () => {
    const line = lineOf('twice')
    const { tally } = await importText('twice.jsonl', `${line}\n${line}\n`)
    assert.deepEqual([tally.read, tally.added, tally.known], [2, 1, 1])
  })

  it('takes the text in a posted wrapper as the measurement, so that both forms are one', async () => {
    const line = lineOf('posted')
    const posted = JSON.stringify({ format: 'json', content: line })
    const { tally } = await importText('x.post', `${posted}\n${line}\n`)
    assert.deepEqual([tally.added, tally.known], [1, 1])
    assert.ok(await stores.archive.has(digest(line)))
    assert.ok(!(await stores.archive.has(digest(posted))))
  })

  it('takes the wrapper itself where the content is an object', async () => {
    const posted = `{"format":"json","content":${lineOf('object')}}`
    assert.equal((await importText('y.post', posted)).tally.added, 1)
    assert.ok(await stores.archive.has(digest(posted)))
  })

  it('passes over each kind of bad line with position and reason, and keeps none of its content', async () => {
    const deep = `{"test_name":${'['.repeat(5000)}${']'.repeat(5000)}}`
    const bad: [string | Buffer, string][] = [
      ['{"test_name":"web_connectivity","secret":', 'json.truncated'],
      ['{"test_name":secret}', 'json.invalid'],
      [Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'utf8.invalid'],
      [deep, 'json.too-deep'],
      [JSON.stringify({ x: 'secret'.repeat(20_000) }), 'value.too-large'],
    ]
    const parts = bad.flatMap(([line]) => [Buffer.from(lineOf('between')), Buffer.from(line)])
    const bytes = Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]))
    const { tally, rejects } = await importText('bad.jsonl', bytes, { limits: { valueBytes: 100_000 } })
    assert.deepEqual([tally.read, tally.added, tally.known, tally.rejected], [10, 1, 4, 5])
    const text = await readFile(join(stores.folder, rejects[0] ?? ''), 'utf8')
    assert.ok(!text.includes('secret'))
    const rows = text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    assert.partialDeepStrictEqual(
      rows,
      bad.map(([, code], i) => ({ kind: 'reject', code, file: 'bad.jsonl', line: 2 * i + 2 })),
    )
  })

  it('leaves no record of progress behind when it is done', async () => {
    assert.deepEqual(await readdir(join(stores.folder, 'imports')), [])
  })

  it('does not take back what was erased', async () => {
    const line = lineOf('erased')
    await importText('erased.jsonl', line)
    await stores.archive.erase(digest(line), 'asked for', NOW)
    const { tally } = await importText('erased.jsonl', line)
    assert.deepEqual([tally.added, tally.barred], [0, 1])
  })

  it('rejects alone a value that is too much for a thread, and keeps its neighbours', async () => {
    const program = new URL('../judge/judge-worker.ts', import.meta.url)
    const limits = { heapMegabytes: 64, youngMegabytes: 16, budget: { baseMs: 60_000, perMegabyteMs: 0 } }
    await using pool = openWorkerPool(program, { size: 1, depth: 2, data: { fingerprintFiles: [] }, ...limits })
    const path = join(inputs, 'heavy.jsonl')
    const heavy = `{"test_name":"web_connectivity","test_keys":{"x":[${'{"a":{}},'.repeat(1_500_000)}0]}}`
    await writeFile(path, [lineOf('before'), heavy, lineOf('behind')].join('\n'))
    const { tally } = await importMeasurements(path, { ...stores, pool }, { signal, channel: 'file' })
    assert.deepEqual([tally.read, tally.added, tally.rejected], [3, 2, 1])
    assert.deepEqual(tally.reasons, { 'value.crashed': 1 })
    assert.equal(await stores.warehouse.storedLeaves(), stores.archive.size)
  })

  it('rejects alone a value whose judgement never ends, with its position, and goes on', async () => {
    const program = new URL('../../../test/kit/crash/endless-judge-worker.ts', import.meta.url)
    const limits = { heapMegabytes: 256, youngMegabytes: 16, budget: { baseMs: 500, perMegabyteMs: 500 } }
    await using pool = openWorkerPool(program, { size: 1, depth: 2, data: { fingerprintFiles: [] }, ...limits })
    const path = join(inputs, 'endless.jsonl')
    const endless = lineOf('endless-to-read')
    const lines = [lineOf('quick-1'), endless, lineOf('quick-2'), endless.replace('read', 'read-2'), lineOf('quick-3')]
    await writeFile(path, lines.join('\n'))
    const { tally, rejects } = await importMeasurements(path, { ...stores, pool }, { signal, channel: 'file' })
    assert.deepEqual([tally.read, tally.added, tally.rejected], [5, 3, 2])
    assert.deepEqual(tally.reasons, { 'value.slow': 2 })
    const [file = ''] = rejects
    const rows = (await readFile(join(stores.folder, file), 'utf8')).trim().split('\n')
    assert.deepEqual(
      rows.map((row) => (JSON.parse(row) as { line: number }).line),
      [2, 4],
    )
    assert.equal(await stores.warehouse.storedLeaves(), stores.archive.size)
  })

  it('stops between two batches when it is asked to, and says so', async () => {
    const controller = new AbortController()
    const lines = Array.from({ length: 200 }, (_, i) => lineOf(`stopped-${i}`)).join('\n')
    const options = {
      signal: controller.signal,
      batchValues: 10,
      onProgress: () => controller.abort(new Error('stop')),
    }
    await assert.rejects(importText('stopped.jsonl', lines, { ...options, limits: { portionBytes: 4096 } }))
    const { tally } = await importText('stopped.jsonl', lines)
    assert.deepEqual([tally.read, tally.added + tally.known], [200, 200])
    assert.equal(await stores.warehouse.storedLeaves(), stores.archive.size)
  })

  it('takes or sets aside every sample and rejects none', async () => {
    const folder = join(stores.folder, 'samples')
    await mkdir(folder)
    for (const [nth, { bytes }] of SAMPLES.entries()) await writeFile(join(folder, `${nth}.json`), bytes)
    const { tally } = await importMeasurements(folder, stores, { signal, channel: 'file' })
    assert.equal(tally.read, SAMPLES.length)
    assert.equal(tally.rejected, 0)
    assert.equal(tally.added + tally.known + tally.aside, SAMPLES.length)
  })
})
