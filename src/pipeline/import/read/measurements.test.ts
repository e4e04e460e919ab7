import assert from 'node:assert/strict'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { packTar, systemTar } from '../../../../test/kit/servers/pack-tar.ts'
import type { Piece, ReadLimits } from './piece.ts'
import { readMeasurements } from './measurements.ts'

let folder = ''
before(async () => (folder = await mkdtemp(join(tmpdir(), 'kuager-read-'))))
after(() => rm(folder, { recursive: true }))

async function collect(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const all: Piece[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

const signal = new AbortController().signal
async function read(bytes: Uint8Array | string, limits: Partial<ReadLimits> = {}): Promise<Piece[]> {
  const path = join(folder, 'input')
  await writeFile(path, bytes)
  return collect(readMeasurements(path, { signal, limits }))
}
const show = (pieces: readonly Piece[]): string[] =>
  pieces.map((piece) => (piece.kind === 'value' ? Buffer.from(piece.bytes).toString() : `!${piece.code}`))

const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify({ n: i, text: 'ә'.repeat(i) }))
const jsonl = Buffer.from(`${lines.join('\n')}\n`)
const frames = Buffer.concat([
  zstdCompressSync(jsonl.subarray(0, 10_000)),
  zstdCompressSync(jsonl.subarray(10_000, 10_050)),
  zstdCompressSync(jsonl.subarray(10_050)),
])
const members = Buffer.concat([gzipSync(jsonl.subarray(0, 9_999)), gzipSync(jsonl.subarray(9_999))])

describe('readMeasurements()', () => {
  it('gives the same values in any wrapping', async () => {
    const tar = packTar([
      { name: 'a/one.jsonl', body: jsonl.subarray(0, jsonl.indexOf('\n') + 1) },
      { name: `${'long/'.repeat(40)}two.jsonl`, body: gzipSync(jsonl.subarray(jsonl.indexOf('\n') + 1)) },
    ])
    for (const bytes of [jsonl, gzipSync(jsonl), members, frames, tar, gzipSync(tar), zstdCompressSync(tar)])
      assert.deepEqual(show(await read(bytes)), lines)
  })

  it("reads the archives of the system's tar in its three formats", async () => {
    const root = join(folder, 'packed', 'deep'.repeat(20))
    await mkdir(root, { recursive: true })
    await writeFile(join(root, `${'name'.repeat(30)}.jsonl`), jsonl)
    for (const format of ['pax', 'gnu'] as const)
      assert.deepEqual(show(await read(systemTar(join(folder, 'packed'), format))), lines)
    await rm(root, { recursive: true })
    await writeFile(join(folder, 'packed', 'x.jsonl'), jsonl)
    assert.deepEqual(show(await read(systemTar(join(folder, 'packed'), 'ustar'))), lines)
  })

  it('reads every frame of a zstd file however small the frames are', async () => {
    const many = Buffer.concat(lines.map((line) => zstdCompressSync(`${line}\n`)))
    assert.deepEqual(show(await read(many)), lines)
  })

  it('names member, line and byte of each value', async () => {
    const pieces = await read(packTar([{ name: 'm/x.post', body: Buffer.from('\n {"a":1}\n{"b":2}') }]))
    assert.deepEqual(
      pieces.map((piece) => piece.position),
      [
        { file: 'input', member: 'm/x.post', line: 2, offset: 2 },
        { file: 'input', member: 'm/x.post', line: 3, offset: 10 },
      ],
    )
  })

  it('reads pretty-printed values, several in a file, and one list of values', async () => {
    const values = [{ a: [{ b: 'x\\"}{' }, 1] }, { c: { d: [] } }]
    const pretty = values.map((value) => JSON.stringify(value, null, 2)).join('\n')
    const parsed = (pieces: readonly Piece[]): unknown[] => show(pieces).map((text): unknown => JSON.parse(text))
    assert.deepEqual(parsed(await read(pretty)), values)
    assert.deepEqual(parsed(await read(JSON.stringify(values, null, 1))), values)
    assert.deepEqual(parsed(await read(JSON.stringify(values))), values)
    assert.deepEqual(parsed(await read(`\ufeff${JSON.stringify(values[0], null, 4)}`)), values.slice(0, 1))
  })

  it('rejects a broken first line alone and goes on with the next', async () => {
    for (const broken of ['{"a":"b', '{"a":[1,', '{"a":1,'])
      assert.deepEqual(show(await read(`${broken}\n{"b":1}\n{"c":1}\n`)), ['!json.truncated', '{"b":1}', '{"c":1}'])
  })

  it('leaves a broken later line to the parser and keeps the lines behind it', async () => {
    assert.deepEqual(show(await read('{"a":1}\n{"b":\n\r\n{"c":1}')), ['{"a":1}', '{"b":', '{"c":1}'])
  })

  it('rejects a value beyond the limit with its size, on one line or on many, first or later', async () => {
    const long = JSON.stringify({ x: 'y'.repeat(5000) })
    const pretty = JSON.stringify({ x: Array.from({ length: 900 }, () => 7) }, null, 1)
    const limits = { valueBytes: 1000 }
    assert.deepEqual(show(await read(`${long}\n{"b":1}\n`, limits)), ['!value.too-large', '{"b":1}'])
    assert.deepEqual(show(await read(`{"b":1}\n${long}\n{"c":1}`, limits)), ['{"b":1}', '!value.too-large', '{"c":1}'])
    assert.deepEqual(show(await read(`${pretty}\n{"b":1}\n`, limits)), ['!value.too-large', '{"b":1}'])
  })

  it('passes over 200 MB in one line without holding it', async () => {
    const server = createServer((_, response) => {
      response.write('{"a":1}\n{"x":"')
      let left = 200
      const more = (): void => {
        while (left-- > 0) if (!response.write(Buffer.alloc(1024 * 1024, 'x'))) return void response.once('drain', more)
        response.end('"}\n{"b":1}\n')
      }
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const url = `http://127.0.0.1:${address.port}/lines?secret=1`
    const seen: string[] = []
    let peak = 0
    for await (const piece of readMeasurements(url, { signal })) {
      seen.push(piece.kind === 'value' ? Buffer.from(piece.bytes).toString() : `!${piece.code}`)
      peak = Math.max(peak, process.memoryUsage().arrayBuffers)
      assert.equal(piece.position.file, `http://127.0.0.1:${address.port}/lines`)
    }
    server.closeAllConnections()
    server.close()
    assert.deepEqual(seen, ['{"a":1}', '!value.too-large', '{"b":1}'])
    assert.ok(peak < 150 * 1024 * 1024, `${peak} bytes held`)
  })

  it('gives up a file without one value after a hundred lines, and a binary file at once', async () => {
    const pieces = await read('no measurement\n'.repeat(5000))
    assert.equal(pieces.length, 101)
    assert.deepEqual(show(pieces.slice(-1)), ['!file.unknown'])
    assert.deepEqual(show(await read(Buffer.from([1, 2, 0, 3]))), ['!file.unknown'])
    assert.deepEqual(await read(''), [])
  })

  it('keeps every complete value before a cut, wherever the cut is', async () => {
    const tar = packTar(lines.map((line, i) => ({ name: `${i}.json`, body: Buffer.from(line) })))
    const wrapped = { gzip: members, zstd: frames, tar, 'tar.gz': gzipSync(tar) }
    for (const [name, bytes] of Object.entries(wrapped))
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 600, max: bytes.length - 1 }), async (cut) => {
          const shown = show(await read(bytes.subarray(0, cut)))
          const kept = shown.filter((text) => !text.startsWith('!'))
          assert.deepEqual(kept, lines.slice(0, kept.length), name)
          if (kept.length < lines.length) assert.ok(shown.at(-1)?.startsWith('!'), `${name} cut at ${cut}`)
          assert.ok(shown.length - kept.length <= 1, `${name} cut at ${cut}: one reject for one cut`)
        }),
        { numRuns: 60 },
      )
  })

  it('keeps the values before a cut in compressed data to the last line that was decodable', async () => {
    const stored = gzipSync(jsonl, { level: 0 })
    const shown = show(await read(stored.subarray(0, stored.length - 8 - 5)))
    assert.deepEqual(shown, [...lines.slice(0, -1), '!gzip.truncated'])
  })

  it('never throws on damaged bytes', async () => {
    const tar = gzipSync(packTar([{ name: 'x', body: jsonl }]))
    for (const whole of [members, frames, tar])
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const bytes = Buffer.from(whole)
          bytes[at] = bytes[at]! ^ flip // at is inside
          await read(bytes)
        }),
        { numRuns: 40 },
      )
  })

  it('refuses wrappings beyond the limit', async () => {
    let bytes = jsonl
    for (let i = 0; i < 5; i++) bytes = gzipSync(bytes)
    assert.deepEqual(show(await read(bytes)), ['!file.nested-too-deep'])
  })

  it('walks folders in order of their paths', async () => {
    const root = join(folder, 'tree')
    await mkdir(join(root, 'b'), { recursive: true })
    await writeFile(join(root, 'c.json'), '{"c":1}')
    await writeFile(join(root, 'b', 'x.gz'), gzipSync('{"b":1}'))
    await writeFile(join(root, 'a'), '{"a":1}')
    await writeFile(join(root, '.hidden'), '{"h":1}')
    const pieces = await collect(readMeasurements(root, { signal }))
    assert.deepEqual(
      pieces.map((piece) => piece.position.file),
      ['a', 'b/x.gz', 'c.json'],
    )
  })

  it('says what is missing', async () => {
    await assert.rejects(collect(readMeasurements(join(folder, 'none'), { signal })), { code: 'file.missing' })
  })
})
