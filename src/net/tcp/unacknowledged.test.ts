import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { queueIn, unacknowledgedBytes } from './unacknowledged.ts'
import { BareServer } from '../../../test/kit/net/tls-servers.ts'

const LIST = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0A00000A:C350 22D8B85D:01BB 01 0000BEEF:00000000 01:00000014 00000000  1000        0 2 1 0 20 4 30 10 -1
   2: 0A00000A:C350 22D8B85E:1F90 01 00000007:00000000 01:00000014 00000000  1000        0 3 1 0 20 4 30 10 -1
`

describe('queueIn()', () => {
  it('finds the queue of the connection between two ports', () => {
    assert.equal(queueIn(LIST, 50_000, 443), 0xbeef)
    assert.equal(queueIn(LIST, 50_000, 8080), 7)
    assert.equal(queueIn(LIST, 443, 50_000), undefined)
    assert.equal(queueIn('', 50_000, 443), undefined)
  })

  it('reads the longer addresses of IPv6', () => {
    const line = `   0: ${'0'.repeat(32)}:C350 ${'F'.repeat(32)}:01BB 01 00000010:00000000 00:00000000`
    assert.equal(queueIn(line, 50_000, 443), 16)
  })
})

describe('unacknowledgedBytes()', { skip: process.platform === 'linux' ? false : 'needs Linux' }, () => {
  it('tells what a peer that does not read has left in the kernel', async () => {
    const held: Socket[] = []
    await using server = await new BareServer((socket) => held.push(socket.pause())).listen()
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    assert.equal(unacknowledgedBytes(socket), 0)
    socket.write(Buffer.alloc(50_000_000))
    // Rises until the peer's window is full; the first look may come before anything was written.
    while ((unacknowledgedBytes(socket) ?? 0) === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.ok((unacknowledgedBytes(socket) ?? 0) > 0)
    socket.destroy()
    for (const peer of held) peer.resume()
  })

  it('knows nothing of a connection that is not there', () => {
    assert.equal(unacknowledgedBytes({ localPort: 1, remotePort: 1 }), undefined)
    assert.equal(unacknowledgedBytes({}), undefined)
  })
})
