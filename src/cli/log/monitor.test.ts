import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { fillEvening } from '../../../test/kit/evening/evening.ts'
import { eventually, until } from '../../../test/kit/crash/eventually.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { readBody } from '../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { checkpointText, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { parseVerifierKey, signNote } from '../../core/evidence/log/signed-note.ts'
import { sha256, signEd25519 } from '../../runtime/ed25519.ts'
import type { Alert } from '../../app/monitor/finding.ts'
import { runCommand } from '../main.ts'

/** What a server in other hands answers instead; undefined: what the observatory answers. */
type Lie = (
  path: string,
  honest: Uint8Array,
) => { readonly status?: number; readonly body: string | Uint8Array } | undefined

/** A proxy of a served folder that passes on its answers, except for lies. */
class Between implements AsyncDisposable {
  lie: Lie = () => undefined
  readonly paths: string[] = []
  readonly #server: Server
  url = ''

  constructor(upstream: string) {
    this.#server = createServer((request, response) => {
      const path = request.url ?? ''
      this.paths.push(path)
      void fetch(new URL(path, upstream), { redirect: 'manual' }).then(async (answer) => {
        const honest = new Uint8Array(await answer.arrayBuffer())
        const told = this.lie(path, honest)
        response.writeHead(told?.status ?? (told === undefined ? answer.status : 200)).end(told?.body ?? honest)
      })
    })
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const bound = this.#server.address()
    this.url = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A server on a free port of this machine until it is disposed. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('kuager log monitor', () => {
  let cwd: string
  let id: string
  let served: ServedFolder
  let between: Between
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-monitor-'))
    id = await fillEvening(cwd)
    served = await serveFolderAt(join(cwd, 'data'), cwd)
    between = await new Between(served.url).open()
    const held = async (): Promise<boolean> => (await fetch(new URL(`/log/revision/${id}/1`, served.url))).ok
    let logged = false
    await eventually(() => {
      void held().then((now) => (logged = now))
      return logged || undefined
    })
    await served.kuager('log', 'sequence')
  })
  after(async () => {
    await between[Symbol.asyncDispose]()
    await served[Symbol.asyncDispose]()
    await rm(cwd, { recursive: true, force: true })
  })
  afterEach(() => (between.lie = () => undefined))

  interface Watched {
    readonly exit: number
    readonly said: string
    readonly kinds: readonly string[]
    readonly checked: Readonly<Record<string, number>>
    readonly size: number | null
  }
  async function watch(state: string, ...more: readonly string[]): Promise<Watched> {
    const lines: string[] = []
    const world = testWorld(cwd, (text) => lines.push(text))
    const args = ['log', 'monitor', between.url, '--once', '--json', '--state', state, ...more]
    const exit = await runCommand(args, world)
    const line = lines.find((one) => one.startsWith('{"url"'))
    const found = JSON.parse(line ?? '{"alerts":[],"checked":{},"size":null}') as {
      readonly alerts: readonly Alert[]
      readonly checked: Record<string, number>
      readonly size: number | null
    }
    return { exit, said: lines.join(''), kinds: found.alerts.map(({ kind }) => kind), checked: found.checked, size: found.size } // prettier-ignore
  }
  const honest = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(new URL(path, served.url))).arrayBuffer())
  const seedOf = (): Uint8Array => {
    const keys = join(cwd, 'data/log/keys')
    return Buffer.from(readFileSync(join(keys, readdirSync(keys)[0] ?? ''), 'utf8').trim(), 'hex')
  }
  /** A checkpoint of another history that the log's own key signed. */
  async function forged(size: number, history = `history of ${size}`): Promise<string> {
    const key = parseVerifierKey((await honest('/log/keys')).toString().trim(), sha256)
    const text = checkpointText({ origin: key.name, size, root: sha256(Buffer.from(history)) })
    const seed = seedOf()
    return signNote(text, { name: key.name, id: key.id, sign: (message) => signEd25519(seed, message) })
  }
  /** What was kept of forks of two sizes. */
  const evidenceOf = (state: string, sizes: string): readonly Record<string, unknown>[] =>
    readdirSync(cwd)
      .filter((name) => name.startsWith(`${state}.fork-${sizes}-`))
      .map((name) => JSON.parse(readFileSync(join(cwd, name), 'utf8')) as Record<string, unknown>)
  const withState = (name: string, change: (state: Record<string, unknown>) => unknown): void => {
    const path = join(cwd, name)
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)))
  }

  it('passes an honest log that grows, checks what follows from it, and keeps a few KB', async () => {
    await served.kuager('bundle', '--incident', id, '--publish', '--actor', 'analyst-1', '--purpose', 'a test')
    const first = await watch('honest.json')
    assert.deepEqual([first.exit, first.kinds], [0, []], first.said)
    assert.ok((first.checked['revisions'] ?? 0) > 0 && (first.checked['measurements'] ?? 0) > 0, first.said)
    assert.ok((first.checked['pages'] ?? 0) > 0 && (first.checked['derived'] ?? 0) > 0, first.said)
    const note = ['--evidence', 'file:x', '--actor', 'operator', '--reason', 'growth']
    await served.kuager('custody', 'add', '--type', 'copied', ...note)
    await served.kuager('log', 'sequence')
    const second = await watch('honest.json', '--sample', '0')
    assert.deepEqual([second.exit, second.kinds], [0, []], second.said)
    assert.ok((second.size ?? 0) > (first.size ?? 0))
    assert.ok(readFileSync(join(cwd, 'honest.json')).length < 4096)
  })

  it('finds a second history, of the same size and of a larger tree, and keeps both signed checkpoints', async () => {
    await watch('fork.json', '--sample', '0')
    const now = parseCheckpoint(await honest('/log/checkpoint'))
    const other = await forged(now.size)
    between.lie = (path) => (path === '/log/checkpoint' ? { body: other } : undefined)
    const same = await watch('fork.json')
    assert.deepEqual([same.exit, same.kinds], [3, ['rewritten']], same.said)
    const evidence = evidenceOf('fork.json', `${now.size}-${now.size}`)
    assert.equal(evidence.length, 1)
    assert.partialDeepStrictEqual(evidence[0], { format: 'kuager-log-fork/1', served: other })
    between.lie = () => undefined
    const older = await forged(now.size - 1)
    withState('fork.json', (state) => ({ ...state, checkpoint: older }))
    const larger = await watch('fork.json')
    assert.deepEqual([larger.exit, larger.kinds], [3, ['rewritten']], larger.said)
    assert.equal(evidenceOf('fork.json', `${now.size - 1}-${now.size}`).length, 1)
    assert.equal((await watch('fork.json')).exit, 3, 'until it is over, or accepted')
    assert.equal((await watch('other.json', '--sample', '0')).exit, 0)
  })

  it('finds a log that was rolled back, one that no trusted key signed, and one of another name', async () => {
    await watch('back.json', '--sample', '0')
    const size = parseCheckpoint(await honest('/log/checkpoint')).size
    const older = await forged(size - 1)
    between.lie = (path) => (path === '/log/checkpoint' ? { body: older } : undefined)
    assert.deepEqual((await watch('back.json')).kinds, ['shorter'])
    // Another history of the same size is other evidence, and the first does not take its name.
    const second = await forged(size - 1, 'second history')
    between.lie = (path) => (path === '/log/checkpoint' ? { body: second } : undefined)
    assert.deepEqual((await watch('back.json')).kinds, ['shorter'])
    const evidence = evidenceOf('back.json', `${size}-${size - 1}`)
    assert.deepEqual(new Set(evidence.map((one) => one['served'])), new Set([older, second]))
    const stranger = new TestWitness('stranger.example', [])
    assert.equal((await watch('back.json', '--key', 'stranger.example/log+00000000')).exit, 2, 'no key')
    const bare = (body: Uint8Array): string =>
      Buffer.from(body)
        .toString()
        .replace(/\n\n[^]*/, '\n\n')
    between.lie = (path, body) =>
      path === '/log/checkpoint' ? { body: bare(body) + stranger.cosign('x\n1\n') } : undefined
    assert.deepEqual((await watch('back.json')).kinds, ['unsigned'])
  })

  it('finds an entry that is withdrawn or changed', async () => {
    await watch('entry.json', '--sample', '0')
    withState('entry.json', (state) => ({ ...state, read_until: 0 }))
    between.lie = (path) => (path.startsWith('/log/tile/entries/000') ? { status: 404, body: '' } : undefined)
    assert.deepEqual((await watch('entry.json', '--sample', '0')).kinds, ['withheld'])
    between.lie = (path, body) => {
      if (!path.startsWith('/log/tile/entries/000')) return undefined
      const changed = Buffer.from(body)
      changed[40] = changed[40]! ^ 1 // an entry bundle is longer
      return { body: changed }
    }
    assert.ok((await watch('entry.json', '--sample', '0')).kinds.includes('entry-differs'))
    between.lie = (path) => (path.startsWith('/log/tile/0/') ? { status: 404, body: '' } : undefined)
    assert.ok((await watch('entry.json', '--sample', '1')).kinds.includes('withheld'))
  })

  it('finds an incident that the interface or the page shows otherwise than it was logged, or hides', async () => {
    await watch('incident.json', '--sample', '0')
    const api = `/api/v1/incident/${id}`
    const text = (body: Uint8Array): string => Buffer.from(body).toString()
    const lies: readonly (readonly [Lie, string])[] = [
      [(path, body) => (path === api ? { body: text(body).replace(/"probes_failed":\d+/, '"probes_failed":99') } : undefined), 'revision-differs'], // prettier-ignore
      [(path, body) => (path === `/en/i/${id}` ? { body: text(body).replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)) } : undefined), 'revision-differs'], // prettier-ignore
      [(path, body) => (path === `/log/revision/${id}/1` ? { status: 404, body: '' } : path === api ? { body: text(body).replace(/"revised_at_utc":"[^"]*"/, '"revised_at_utc":"2026-10-07T00:00:00Z"') } : undefined), 'revision-unlogged'], // prettier-ignore
      [(path) => (path === `/log/revision/${id}/1` ? { body: '0\n' } : undefined), 'revision-unlogged'],
      [(path) => (path === api ? { status: 404, body: '' } : undefined), 'withheld'],
      [(path, body) => (path.startsWith('/api/v1/measurement/') ? { body: text(body).replace('"kind":"interfered"', '"kind":"reachable"') } : undefined), 'verdict-differs'], // prettier-ignore
      [(path) => (path.startsWith('/api/v1/measurement/') ? { status: 404, body: '' } : undefined), 'withheld'],
      [(path) => (path.startsWith('/m/') ? { status: 404, body: '' } : undefined), 'withheld'],
    ]
    for (const [lie, kind] of lies) {
      between.lie = lie
      const found = await watch('incident.json', '--sample', '99')
      assert.deepEqual([found.exit, found.kinds.includes(kind as Alert['kind'])], [3, true], `${kind}: ${found.said}`)
    }
    // An erased measurement is said to be erased, and its leaf stays.
    const gone = JSON.stringify({ error: { code: 'measurement.erased' } })
    between.lie = (path) => (path.startsWith('/api/v1/measurement/') ? { status: 410, body: gone } : undefined)
    assert.deepEqual((await watch('incident.json', '--sample', '9')).kinds, [])
    // A revision of the log that the site hides is found by reading the log.
    withState('incident.json', (state) => ({ ...state, read_until: 0 }))
    between.lie = (path) => (path.startsWith('/api/v1/incident') ? { status: 404, body: '' } : undefined)
    assert.ok((await watch('incident.json', '--sample', '0')).kinds.includes('revision-hidden'))
  })

  it('demands the published quorum, and compares with what witnesses hold', async () => {
    const keys = (await honest('/log/keys')).toString().trim()
    using witness = new TestWitness('witness.example', [parseVerifierKey(keys, sha256)])
    const policy = `log ${keys}\nwitness w ${witness.line}\nquorum w\n`
    between.lie = (path) => (path === '/log/policy' ? { body: policy } : undefined)
    assert.deepEqual((await watch('quorum.json', '--sample', '0')).kinds, ['quorum'])
    const note = (await honest('/log/checkpoint')).toString()
    const signed = note + witness.cosign(parseCheckpoint(Buffer.from(note)).note.text)
    between.lie = (path) =>
      path === '/log/policy' ? { body: policy } : path === '/log/checkpoint' ? { body: signed } : undefined
    assert.deepEqual((await watch('quorum.json', '--sample', '0')).kinds, [])
    between.lie = (path) => (path === '/log/checkpoint' ? { body: signed } : undefined)
    assert.deepEqual((await watch('quorum.json', '--sample', '0')).kinds, ['policy-changed'])

    let held = note
    await using at = await listening(createServer((_, response) => response.end(held)))
    writeFileSync(join(cwd, 'policy.txt'), `log ${keys}\nwitness w ${witness.line} ${at.url}\nquorum none\n`)
    const own = ['--policy', 'policy.txt', '--sample', '0'] as const
    const agreed = await watch('witness.json', ...own)
    assert.deepEqual([agreed.kinds, agreed.checked['witnesses']], [[], 1], agreed.said)
    held = await forged(parseCheckpoint(Buffer.from(note)).size - 1)
    assert.deepEqual((await watch('witness.json', ...own)).kinds, ['witness-differs'])
  })

  it('demands the quorum of its own policy where the server publishes none', async () => {
    const keys = (await honest('/log/keys')).toString().trim()
    using witness = new TestWitness('own.example', [parseVerifierKey(keys, sha256)])
    writeFileSync(join(cwd, 'own.txt'), `log ${keys}\nwitness w ${witness.line}\nquorum w\n`)
    between.lie = (path) => (path === '/log/policy' ? { status: 404, body: '' } : undefined)
    const found = await watch('own.json', '--policy', 'own.txt', '--sample', '0')
    assert.deepEqual(found.kinds, ['quorum'], found.said)
  })

  it('finds witnesses that sign nothing new, though old checkpoints are served in turn or no answer comes', async () => {
    const keys = (await honest('/log/keys')).toString().trim()
    using witness = new TestWitness('late.example', [parseVerifierKey(keys, sha256)])
    const policy = `log ${keys}\nwitness w ${witness.line}\nquorum w\n`
    const note = (await honest('/log/checkpoint')).toString()
    const { size, note: signed } = parseCheckpoint(Buffer.from(note))
    const cosigned = `c2sp.org/tlog-proof@v1\nindex 0\n\n${note}${witness.cosign(signed.text)}`
    // The log grows; witnesses signed the tree before.
    await served.kuager(...['custody', 'add', '--type', 'copied', '--evidence', 'file:x'], ...['--actor', 'operator', '--reason', 'growth']) // prettier-ignore
    await served.kuager('log', 'sequence')
    const proof = { body: cosigned, status: 200 }
    between.lie = (path) =>
      path === '/log/policy' ? { body: policy } : path === '/log/proof/0' ? { ...proof } : undefined
    const first = await watch('late.json', '--sample', '0')
    assert.deepEqual(first.kinds, [], first.said)
    const long = '2026-01-01T00:00:00Z'
    // As if a later one had been seen, long ago: what is served now is older.
    for (const seen of [size, size + 1]) {
      withState('late.json', (state) => ({ ...state, cosigned: { size: seen, since_utc: long } }))
      assert.deepEqual((await watch('late.json', '--sample', '0')).kinds, ['quorum'], `${seen}`)
    }
    proof.status = 500
    assert.deepEqual((await watch('late.json', '--sample', '0')).kinds, ['unreachable'])
    proof.status = 200
    assert.deepEqual((await watch('late.json', '--sample', '0')).kinds, ['quorum'], 'the time goes on')
  })

  it('does not pass over an entry whose check got no answer', async () => {
    await watch('failing.json', '--sample', '0')
    withState('failing.json', (state) => ({ ...state, read_until: 0 }))
    const api =
      (status: number): Lie =>
      (path) =>
        path.startsWith('/api/v1/incident') ? { status, body: '' } : undefined
    between.lie = api(500)
    assert.ok((await watch('failing.json', '--sample', '0')).kinds.every((kind) => kind === 'unreachable'))
    between.lie = api(404)
    assert.ok((await watch('failing.json', '--sample', '0')).kinds.includes('revision-hidden'))
  })

  it('looks again, by chance, at revisions that it saw before', async () => {
    await watch('earlier.json', '--sample', '0')
    between.lie = (path) => (path.startsWith('/api/v1/incident') ? { status: 404, body: '' } : undefined)
    const found = new Set<string>()
    // A round meets one of the few revisions with a chance of about one in ten.
    for (let nth = 0; nth < 200 && found.size === 0; nth++)
      for (const kind of (await watch('earlier.json', '--sample', '99')).kinds) found.add(kind)
    assert.deepEqual(found, new Set(['revision-hidden']))
  })

  it('says an alert again that did not get through', async () => {
    let [posted, refuses] = [0, true]
    const hook = createServer((_, response) => {
      posted++
      response.writeHead(refuses ? 503 : 200).end()
      refuses = false
    })
    await using to = await listening(hook)
    between.lie = (path) => (path === '/log/checkpoint' ? { status: 404, body: '' } : undefined)
    const end = new AbortController()
    const world = { ...testWorld(cwd, () => undefined), signal: end.signal }
    const args = ['--every', '10s', '--state', 'again.json', '--alert', `${to.url}/alert`]
    const watching = runCommand(['log', 'monitor', between.url, ...args], world)
    await until(async () => posted === 2)
    end.abort()
    await watching
    assert.equal(refuses, false)
  })

  it('keeps no state that it could not read again, for anything that a server publishes', async () => {
    await watch('kept.json', '--sample', '0')
    const kept = readFileSync(join(cwd, 'kept.json'), 'utf8')
    withState('kept.json', (state) => ({ ...state, policy: null }))
    between.lie = (path) => (path === '/log/policy' ? { body: `# ${'\x01'.repeat(40_000)}\n` } : undefined)
    for (const state of ['kept.json', 'first.json'])
      assert.deepEqual((await watch(state, '--sample', '0')).kinds, ['unreadable'], state)
    assert.equal(existsSync(join(cwd, 'first.json')), false)
    between.lie = () => undefined
    assert.equal((await watch('kept.json', '--sample', '0')).exit, 0, kept)
  })

  it('passes an alert on, follows no redirect, and is not held up by what a server answers', async () => {
    await watch('hostile.json', '--sample', '0')
    const got: string[] = []
    const hook = createServer((request, response) => {
      void readBody(request).then((body) => {
        got.push(body.toString())
        response.end()
      })
    })
    await using to = await listening(hook)
    writeFileSync(join(cwd, 'told.sh'), '#!/bin/sh\ncat > "$0.json"\n', { mode: 0o755 })
    for (const body of ['['.repeat(1_000_000), '{', 'x'.repeat(17_000_000), '\0', '[1e999]']) {
      between.lie = (path) => (path.startsWith('/api/') ? { body } : undefined)
      const found = await watch('hostile.json', '--alert', `${to.url}/alert`, '--alert', 'told.sh')
      assert.equal(found.exit, 3, found.said.slice(0, 500))
    }
    assert.equal(got.length, 5)
    assert.partialDeepStrictEqual(JSON.parse(got[0] ?? ''), { format: 'kuager-log-alert/1', alerts: [{ kind: 'unreadable' }] }) // prettier-ignore
    assert.equal(readFileSync(join(cwd, 'told.sh.json'), 'utf8'), got.at(-1))
    between.lie = () => ({ status: 302, body: '' })
    const before = between.paths.length
    assert.deepEqual((await watch('hostile.json')).kinds, ['unreachable'])
    assert.equal(between.paths.length, before + 1)
  })

  it('says of a state that is damaged, or of another server, what it is', async () => {
    writeFileSync(join(cwd, 'damaged.json'), '{"format":')
    const damaged = await watch('damaged.json')
    assert.equal(damaged.exit, 2)
    assert.match(damaged.said, /Cannot read ".*damaged\.json": it is not a state of the monitor/)
    assert.equal(readFileSync(join(cwd, 'damaged.json'), 'utf8'), '{"format":', 'it is left as it is')
    await watch('elsewhere.json', '--sample', '0')
    withState('elsewhere.json', (state) => ({ ...state, url: 'https://other.example' }))
    assert.equal((await watch('elsewhere.json')).exit, 2)
    for (const wrong of [
      ['--every', '1s'],
      ['--sample', '-1'],
      ['--alert', 'http://10.0.0.1/'],
    ])
      assert.equal((await watch('x.json', ...wrong)).exit, 2, wrong.join(' '))
  })
})
