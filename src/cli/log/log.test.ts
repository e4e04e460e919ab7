import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { checkpointSigners, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { parseTlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { runCommand } from '../main.ts'

const REAL = 'AS9198'
const SIMULATED = 'AS64500'
let nth = 0
const lineOf = (probeAsn: string): string =>
  `${JSON.stringify(webMeasurement({ probeAsn, url: `https://site-${nth++}.example/` }))}\n`

describe('kuager log', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-cli-log-'))))
  after(() => rm(root, { recursive: true }))
  const run = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly said: string }> => {
    let said = ''
    const exit = await runCommand(
      [...args],
      testWorld(root, (text) => (said += text)),
    )
    return { exit, said }
  }
  const importOf = async (
    folder: string,
    asns: readonly string[],
  ): Promise<{ readonly exit: number; readonly said: string }> => {
    await writeFile(join(root, 'in.jsonl'), asns.map(lineOf).join(''))
    return run('import', 'in.jsonl', '--folder', folder, '--threads', '1')
  }

  it('begins a log, proves a leaf, changes its key and finds a changed tile', async () => {
    assert.equal((await importOf('a', [REAL, REAL, REAL])).exit, 0)
    assert.equal((await run('log', 'status', '--folder', 'a')).exit, 2)
    const { exit, said } = await run('log', 'sequence', '--folder', 'a', '--origin', 'https://kuager.example')
    assert.equal(exit, 0)
    const checkpoint = parseCheckpoint(Buffer.from(said))
    assert.equal(checkpoint.origin, 'kuager.example/log')
    assert.ok(checkpoint.size >= 3)
    const keys = (await run('log', 'keys', '--folder', 'a')).said.trim().split('\n')
    const parsed = keys.map((line) => parseVerifierKey(line, sha256))
    assert.equal(checkpointSigners(checkpoint, parsed, verifyEd25519).length, 1)

    assert.equal((await run('log', 'proof', '1', '--folder', 'a', '--out', 'one.tlog-proof')).exit, 0)
    assert.equal(parseTlogProof(await readFile(join(root, 'one.tlog-proof'))).index, 1)
    assert.equal((await run('log', 'proof', '1', '--folder', 'a', '--out', 'one.tlog-proof')).exit, 2)
    assert.equal((await run('log', 'proof', '9999', '--folder', 'a')).exit, 2)

    assert.match((await run('log', 'rotate', '--folder', 'a')).said, /^New key: kuager\.example\/log\+/)
    const status = JSON.parse((await run('log', 'status', '--folder', 'a', '--json')).said) as Record<string, unknown>
    assert.partialDeepStrictEqual(status, { origin: 'kuager.example/log', simulated: false, waiting: 0 })
    assert.equal((status['signatures'] as readonly string[]).length, 2)
    assert.equal((await run('log', 'rotate', '--retire', '--folder', 'a')).exit, 0)

    assert.match((await run('log', 'check', '--folder', 'a')).said, /, 0 problems\n$/)
    const size = Number(status['size'])
    const tile = join(root, 'a', 'log', 'public', 'tile', '0', '000.p', String(size))
    const bytes = await readFile(tile)
    bytes[3] = bytes[3]! ^ 1 // a tile has 32 bytes at least
    await writeFile(tile, bytes)
    const found = await run('log', 'check', '--folder', 'a')
    assert.equal(found.exit, 3)
    assert.ok(found.said.includes(tile))
    const refused = await run('serve', '--folder', 'a', '--port', '0')
    assert.equal(refused.exit, 1)
    assert.ok(refused.said.includes(tile), refused.said)
  })

  it('is of real or of simulated measurements: a folder takes no others once it has one', async () => {
    assert.equal((await importOf('b', [REAL, SIMULATED])).exit, 0)
    const mixed = await run('log', 'sequence', '--folder', 'b')
    assert.deepEqual([mixed.exit, /real and simulated/.test(mixed.said)], [2, true])
    assert.equal((await importOf('c', [SIMULATED])).exit, 0)
    const { said } = await run('log', 'sequence', '--folder', 'c')
    assert.match(said, /^simulated\.invalid\/[0-9a-f]{8}\/log\n/)
    const other = await importOf('c', [REAL, SIMULATED])
    assert.equal(other.exit, 3)
    assert.match(other.said, /2 read: 1 added, 1 rejected/)
    assert.match(other.said, /log\.real/)
    assert.equal((await run('log', 'sequence', '--folder', 'none')).exit, 2)
    await run('archive', 'verify', '--folder', 'c')
  })

  it('is followed by kuager serve, which gives the receipt of a measurement', async () => {
    assert.equal((await importOf('d', [REAL])).exit, 0)
    await using served = await serveFolderAt('d', root)
    const get = (path: string): Promise<Response> => fetch(new URL(path, served.url))
    const sizeNow = async (): Promise<number> => {
      const answer = await get('/log/checkpoint')
      return answer.ok ? parseCheckpoint(Buffer.from(await answer.arrayBuffer())).size : 0
    }
    let size = 0
    await eventually(() => {
      void sizeNow().then((now) => (size = now))
      return size > 0 ? size : undefined
    })
    const before = await sizeNow()
    await writeFile(join(root, 'in.jsonl'), lineOf(REAL))
    await served.kuager('import', 'in.jsonl', '--threads', '1')
    await served.kuager('log', 'sequence')
    assert.ok((await sizeNow()) > before)
    const proof = await get(`/log/proof/${(await sizeNow()) - 1}`)
    assert.equal(parseTlogProof(Buffer.from(await proof.arrayBuffer())).checkpoint.size, await sizeNow())
    assert.match(await served.kuager('log', 'check'), /, 0 problems\n$/)
  })

  it('adds a pre-registered list of events, once, and none of the other realm', async () => {
    assert.equal((await importOf('e', [REAL])).exit, 0)
    const label = { kk: 'кеш', ru: 'вечер', en: 'evening' }
    const plan = {
      period: { since: '2025-03-01', until: '2025-03-31' },
      primary: { id: 'main', label, kinds: ['holiday'], services: ['youtube'], networks: [] },
    }
    const source = { title: 'A paper', url: 'https://paper.example/1', checked: true }
    for (const simulated of [false, true]) {
      const events = [{ id: 'one', kind: 'holiday', label, start: '2025-03-08T12:00:00Z', source }]
      await writeFile(join(root, `list-${simulated}.json`), JSON.stringify({ simulated, events, plan }))
      const frozen = await run('events', 'freeze', `list-${simulated}.json`, '--out', `frozen-${simulated}.json`)
      assert.equal(frozen.exit, 0, frozen.said)
    }
    const once = await run('events', 'log', 'frozen-false.json', '--folder', 'e', '--lang', 'en')
    assert.equal(once.exit, 0, once.said)
    assert.deepEqual(await run('events', 'log', 'frozen-false.json', '--folder', 'e', '--lang', 'en'), once)
    const leaf = /Entry: (\d+)\./.exec(once.said)?.[1] ?? ''
    assert.match((await run('log', 'proof', leaf, '--folder', 'e')).said, new RegExp(`^index ${leaf}$`, 'm'))
    assert.equal((await run('events', 'log', 'frozen-true.json', '--folder', 'e')).exit, 2)
    assert.equal((await run('events', 'log', 'list-false.json', '--folder', 'e')).exit, 2)
  })

  it('says how it is used', async () => {
    for (const args of [['log'], ['log', 'x'], ['log', 'proof'], ['log', 'proof', '-1'], ['log', 'proof', '1', '2']])
      assert.equal((await run(...args, '--folder', 'a')).exit, 2, args.join(' '))
  })
})
