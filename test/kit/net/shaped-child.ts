// Run by a test in a network namespace of its own: moves bytes over a loopback of a known rate and prints the outcomes.
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { TransferOutcome } from '../../../src/core/model/measured/operation.ts'
import { millis } from '../../../src/core/model/units.ts'
import { transferBytes } from '../../../src/net/http/transfer.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

/** Transfers over the shaped line: down and up to their end, and up until the limit cuts it. */
export interface ShapedTransfers {
  readonly down: TransferOutcome
  readonly up: TransferOutcome
  readonly cut: TransferOutcome
}

async function main(rate: string): Promise<ShapedTransfers> {
  for (const change of [['mtu', '1500'], ['gso_max_segs', '1'], ['up']])
    execFileSync('ip', ['link', 'set', 'dev', 'lo', ...change])
  const shape = ['tbf', 'rate', rate, 'burst', '5kb', 'latency', '400ms']
  execFileSync('tc', ['qdisc', 'add', 'dev', 'lo', 'root', ...shape])
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'POST') request.once('end', () => response.end())
    else response.end(Buffer.alloc(5_000_000))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  const move = async (direction: 'down' | 'up', bytes: number, limit: number): Promise<TransferOutcome> => {
    const names = { serverName: 'a.test', host: 'a.test', path: '/', over: 'plain' } as const
    const to = { address: '127.0.0.1', port: address.port, ...names, bytes }
    const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(limit) }
    return (await transferBytes(direction, to, tools)).outcome
  }
  const outcomes = {
    down: await move('down', 50_000, 30_000),
    up: await move('up', 50_000, 30_000),
    cut: await move('up', 1_000_000, 1_200),
  }
  server.closeAllConnections()
  server.close()
  return outcomes
}

process.stdout.write(JSON.stringify(await main(process.argv[2] ?? '')))
