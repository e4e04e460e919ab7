import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Fault } from '../../core/model/errors.ts'
import { callHolder, listenInFolder, type CallStreams, type FolderCall } from './folder-socket.ts'

const call = (command: string, args: readonly string[] = []): FolderCall => ({
  command,
  args,
  cwd: '/somewhere',
  terminal: false,
  env: { LANG: 'kk_KZ' },
})

const streams = (signal = new AbortController().signal): CallStreams & { readonly texts: string[] } => {
  const texts: string[] = []
  const keep = (name: string) => ({ write: (text: string) => texts.push(`${name}: ${text}`) })
  return { texts, out: keep('out'), err: keep('err'), signal }
}

describe('callHolder()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-socket-'))))
  after(() => rm(root, { recursive: true }))

  it('has a command run by the holder and gives its texts and its exit code', async () => {
    const seen: FolderCall[] = []
    const long = `x${'ұзақ 🛰'.repeat(40_000)}`
    await using listener = await listenInFolder(root, async (received, { out, err }) => {
      seen.push(received)
      out.write('line\n')
      err.write('warning\n')
      out.write(long)
      return 3
    })
    assert.equal((await stat(listener.path)).mode & 0o777, 0o600)
    const mine = streams()
    assert.equal(await callHolder(listener.path, call('archive', ['verify', '--json']), mine), 3)
    assert.deepEqual(seen, [call('archive', ['verify', '--json'])])
    assert.deepEqual(mine.texts.slice(0, 2), ['out: line\n', 'err: warning\n'])
    const rest = mine.texts.slice(2).map((text) => text.slice('out: '.length))
    assert.equal(rest.join(''), long)
  })

  it('gives undefined without a listener', async () => {
    assert.equal(await callHolder(join(root, 'nobody.sock'), call('series'), streams()), undefined)
  })

  it('aborts the command in the holder when the caller goes away', async () => {
    const started = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    await using listener = await listenInFolder(root, async (_, { signal }) => {
      started.resolve()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      aborted.resolve()
      return 1
    })
    const controller = new AbortController()
    const called = callHolder(listener.path, call('import'), streams(controller.signal))
    await started.promise
    controller.abort(new Error('SIGINT'))
    await assert.rejects(called, /SIGINT/)
    await aborted.promise
  })

  it('ends running commands when the holder lets go, and says so to the caller', async () => {
    const started = Promise.withResolvers<void>()
    const listener = await listenInFolder(root, async (_, { signal }) => {
      started.resolve()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      throw new Error('the command broke')
    })
    const called = callHolder(listener.path, call('import'), streams())
    const refused = assert.rejects(called, Fault)
    await started.promise
    await listener[Symbol.asyncDispose]()
    await refused
    await assert.rejects(stat(listener.path))
  })

  it('listens also for a folder whose path is too long for a socket', async () => {
    const folder = join(root, 'x'.repeat(120))
    await mkdir(folder)
    const listener = await listenInFolder(folder, async () => 0)
    assert.notEqual(dirname(listener.path), folder)
    assert.equal(await callHolder(listener.path, call('series'), streams()), 0)
    await listener[Symbol.asyncDispose]()
    await assert.rejects(stat(dirname(listener.path)))
  })

  it('closes a connection that sends no call', async () => {
    await using listener = await listenInFolder(root, () => assert.fail('nothing was asked'))
    for (const text of ['nonsense\n', '{"command":"series"}\n', 'x'.repeat(1_100_000)]) {
      const socket = connect(listener.path)
      socket.on('error', () => {}) // the other side may close while we are still writing
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.write(text)
      socket.resume()
      await closed
    }
  })
})
