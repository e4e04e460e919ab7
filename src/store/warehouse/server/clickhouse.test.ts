import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Fault } from '../../../core/model/errors.ts'
import { parseWarehouseAddress } from './address.ts'
import { openClickHouse } from './clickhouse.ts'

const WRITER = { readOnly: false, uses: new Map() }

interface Request {
  readonly address: string
  readonly query: string
  readonly params: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * A stand-in that writes down what is asked of it and answers with prepared texts. It shows the shape of our requests,
 * not that a server takes them: none could be had where this was written.
 */
async function standIn(answers: readonly { readonly status: number; readonly text: string }[]) {
  const requests: Request[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const params = Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams)
      const sent = Buffer.concat(chunks)
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString('latin1')
      requests.push({ address: request.url ?? '', query: params['query'] ?? body, params, body })
      const answer = answers[requests.length - 1] ?? { status: 500, text: 'not expected' }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    requests,
    url: `http://127.0.0.1:${port}/observatory`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('requests to a ClickHouse server', () => {
  it('send statement and parameters in the body and read rows', async () => {
    await using server = await standIn([{ status: 200, text: '{"a":1,"b":"x"}\n{"a":2,"b":null}\n' }])
    await using engine = await openClickHouse(parseWarehouseAddress(server.url), WRITER)
    const rows = await engine.query('SELECT a, b FROM t WHERE b = {text:String}', { text: "x' OR 1" })
    assert.deepEqual(rows, [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ])
    const [request] = server.requests
    assert.match(request?.body ?? '', /name="query"\r\n\r\nSELECT a, b FROM t WHERE b = \{text:String\}/)
    assert.match(request?.body ?? '', /name="param_text"\r\n\r\nx\\' OR 1\r\n/) // escaped as the server reads parameters
    assert.ok(!request?.address.includes('OR'))
    assert.equal(request?.params['database'], 'observatory')
    assert.equal(request?.params['async_insert'], '0')
  })

  it('send an insertion as the bytes of its blocks, one behind the other', async () => {
    await using server = await standIn([{ status: 200, text: '' }])
    await using engine = await openClickHouse(parseWarehouseAddress(server.url), WRITER)
    await engine.insertNative('t', ['a', 'b'], [Uint8Array.of(0, 1, 2), Uint8Array.of(255, 10, 13)])
    const [request] = server.requests
    assert.equal(request?.query.trim(), 'INSERT INTO t (a, b) FORMAT Native')
    assert.equal(request?.body, '\u0000\u0001\u0002\u00ff\n\r')
  })

  it('become a Fault when the server refuses', async () => {
    const refusal = { status: 500, text: 'Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE)' }
    await using server = await standIn([refusal, refusal, refusal])
    await using engine = await openClickHouse(parseWarehouseAddress(server.url), WRITER)
    await assert.rejects(engine.command('TRUNCATE TABLE t', {}), Fault)
    await assert.rejects(engine.query('SELECT 1', {}), Fault)
    await assert.rejects(engine.insertNative('t', ['a'], [Uint8Array.of(1)]), Fault)
  })
})
