import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { z } from 'zod'
import { webMeasurement } from './kit/measured/measurement.ts'
import { packTar } from './kit/servers/pack-tar.ts'

const CHILD = fileURLToPath(new URL('./kit/crash/import-child.ts', import.meta.url))
const KILLS = 3

/** Measurements, some of them twice, with lines among them that are no measurements. */
function makeLines(): string[] {
  const lines: string[] = []
  for (let i = 0; i < 260; i++) {
    const url = `https://site-${i}.example/`
    lines.push(
      JSON.stringify(
        webMeasurement({ url, body: `${i} `.repeat(40), ...(i % 5 === 0 ? { tls: 'connection_reset' } : {}) }),
      ),
    )
    if (i % 40 === 7) lines.push(lines[i >> 1] ?? '{}')
    if (i % 50 === 11) lines.push('{"test_name":"web_connectivity","test_keys":{')
    if (i % 60 === 13) lines.push('{"hello":"world"}')
  }
  return lines
}

const resultSchema = z.object({
  tally: z.record(z.string(), z.unknown()),
  rejects: z.array(z.string()),
  rowsLost: z.boolean(),
  size: z.number(),
  leaves: z.number(),
})
type Result = z.infer<typeof resultSchema>

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-killed-'))))
after(() => rm(root, { recursive: true }))

const run = promisify(execFile)
const importWhole = async (file: string, folder: string): Promise<Result> => {
  const { stdout } = await run(process.execPath, [CHILD, file, folder])
  return resultSchema.parse(JSON.parse(stdout))
}
const importKilled = (file: string, folder: string, killAt: number): Promise<string> =>
  run(process.execPath, [CHILD, file, folder, String(killAt)]).then(
    () => 'ended',
    (error: unknown) => (error instanceof Error && 'signal' in error ? String(error.signal) : String(error)),
  )

/** Every line of a rejects file without the name of the file it is about. */
const rejectsOf = async (folder: string, { rejects }: Result): Promise<string[]> => {
  const texts = await Promise.all(rejects.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.trim().split('\n'))
}

async function survives(name: string, bytes: Uint8Array, seed: number): Promise<void> {
  const file = join(root, name)
  await writeFile(file, bytes)
  const expected = await importWhole(file, join(root, `${name}-whole`))
  const rejects = await rejectsOf(join(root, `${name}-whole`), expected)
  assert.equal(expected.leaves, expected.size)
  const folder = join(root, `${name}-killed`)
  for (const killAt of fc.sample(fc.integer({ min: 1, max: bytes.length }), { numRuns: KILLS, seed }))
    assert.equal(await importKilled(file, folder, killAt), 'SIGKILL', `${name} at ${killAt}, seed ${seed}`)
  const resumed = await importWhole(file, folder)
  assert.deepEqual(resumed.tally, expected.tally, `${name}, seed ${seed}`)
  assert.deepEqual([resumed.size, resumed.leaves], [expected.size, expected.size], `${name}, seed ${seed}`)
  assert.deepEqual(await rejectsOf(folder, resumed), rejects, `${name}, seed ${seed}`)
  const again = await importWhole(file, folder)
  assert.equal(again.size, expected.size)
  assert.equal(again.tally['added'], 0)
}

describe('an import that is killed', () => {
  const jsonl = Buffer.from(`${makeLines().join('\n')}\n`)
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9))

  it('goes on in a gzip file of several members and ends with the counts of a whole import', async () => {
    const third = Math.floor(jsonl.length / 3)
    const parts = [jsonl.subarray(0, third), jsonl.subarray(third, 2 * third), jsonl.subarray(2 * third)]
    await survives('lines.jsonl.gz', Buffer.concat(parts.map((part) => gzipSync(part, { level: 0 }))), seed)
  })

  it('goes on in a compressed tar archive and ends with the counts of a whole import', async () => {
    const members = makeLines().map((line, i) => ({ name: `folder/${i}.post`, body: Buffer.from(line) }))
    await survives('members.tar.gz', gzipSync(packTar(members), { level: 1 }), seed)
  })

  it('goes on in a zstd file of many frames and ends with the counts of a whole import', async () => {
    const frames: Buffer[] = []
    for (let at = 0; at < jsonl.length; at += 5000) frames.push(zstdCompressSync(jsonl.subarray(at, at + 5000)))
    await survives('frames.jsonl.zst', Buffer.concat(frames), seed)
  })

  it('reads what the zstd program wrote in several runs into one file', { skip: !hasZstd() }, async () => {
    const frames = [0, 1, 2].map((i) => execFileSync('zstd', ['-q', '-c'], { input: `{"n":${i}}\n`.repeat(100) }))
    const file = join(root, 'program.zst')
    await writeFile(file, Buffer.concat(frames))
    const { tally } = await importWhole(file, join(root, 'program'))
    assert.equal(tally['read'], 300)
  })
})

function hasZstd(): boolean {
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
