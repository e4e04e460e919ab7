import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, it, mock } from 'node:test'
import { millis } from '../core/model/units.ts'
import { openDeadline, openLinked, reachedDeadline } from './deadline.ts'

describe('openDeadline()', () => {
  it('aborts at the limit and not before, with what was awaited in the reason', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    using deadline = openDeadline(new AbortController().signal, millis(3_000), 'TLS handshake')
    t.mock.timers.tick(2_999)
    assert.equal(deadline.signal.aborted, false)
    t.mock.timers.tick(1)
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(reachedDeadline(deadline.signal))
    assert.match(String(deadline.signal.reason), /TLS handshake: no end after 3000 ms/)
  })

  it('lets what has arrived be read first where the process could not run before the limit', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const socket = connect(address.port, '127.0.0.1')
    const first = new Promise((resolve) => {
      socket.once('data', () => resolve('data'))
      server.once('connection', (peer) => {
        peer.end('answer')
        const deadline = openDeadline(new AbortController().signal, millis(20), 'answer')
        deadline.signal.addEventListener('abort', () => resolve('limit'))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60) // nothing of this process runs meanwhile
      })
    })
    assert.equal(await first, 'data')
    socket.destroy()
    server.close()
  })

  it('aborts with its parent, and that is no deadline reached', () => {
    const parent = new AbortController()
    using deadline = openDeadline(parent.signal, millis(60_000), 'lookup')
    const reason = new Error('stopped')
    parent.abort(reason)
    assert.equal(deadline.signal.reason, reason)
    assert.equal(reachedDeadline(deadline.signal), false)
  })

  it('is aborted from the start under a parent that is', () => {
    using deadline = openDeadline(AbortSignal.abort(new Error('gone')), millis(1), 'lookup')
    assert.equal(deadline.signal.aborted, true)
    assert.equal(reachedDeadline(deadline.signal), false)
  })

  it('leaves no timer and no listener behind when disposed', () => {
    const clear = mock.method(globalThis, 'clearTimeout')
    const parent = new AbortController()
    openDeadline(parent.signal, millis(60_000), 'lookup')[Symbol.dispose]()
    assert.equal(clear.mock.callCount(), 1)
    assert.equal(getEventListeners(parent.signal, 'abort').length, 0)
    clear.mock.restore()
  })
})

describe('openLinked()', () => {
  it('aborts with the reason of the first parent that does', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    using linked = openLinked([first.signal, second.signal])
    const aborted = once(linked.signal, 'abort')
    second.abort('second')
    first.abort('first')
    await aborted
    assert.equal(linked.signal.reason, 'second')
  })
})
