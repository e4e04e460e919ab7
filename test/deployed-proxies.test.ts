import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { webMeasurement } from './kit/measured/measurement.ts'
import { wrapped } from './kit/measured/signed-submission.ts'
import { LabAuthority } from './kit/net/lab-authority.ts'
import { startCaddy, startNginx, type DeployedProxy } from './kit/proxy/deployed-proxy.ts'
import { KuagerProcesses, type KuagerProcess } from './kit/servers/kuager-process.ts'

const PROXIES = {
  nginx: { program: '/usr/sbin/nginx', start: startNginx, at: '127.0.0.2' },
  Caddy: { program: '/usr/bin/caddy', start: startCaddy, at: '127.0.0.1' },
} as const
/** Two clients by their addresses, which no log may have. */
const [ONE, OTHER] = ['127.0.0.77', '127.0.0.88']
/** More than one sender may send at once, at one a second (docs/formats/collector.md, "Rates"). */
const BURST = 70

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

for (const [name, { program, start, at }] of Object.entries(PROXIES))
  describe(`${name} in front of an observatory`, { skip: existsSync(program) ? false : `needs ${name}` }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-proxied-'))
    const authority = new LabAuthority()
    const programs = new KuagerProcesses(folder)
    let server: KuagerProcess
    let proxy: DeployedProxy
    const agents = new Map<string, Agent>()
    const ask = (
      path: string,
      from: string,
      more: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer } = {},
    ): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const agent = agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: 4, localAddress: from })
        agents.set(from, agent)
        const asked = request(
          {
            ...{ host: '127.0.0.1', port: proxy.httpsPort, path, agent, ca: authority.root },
            ...{ servername: 'kuager.example', method: more.body === undefined ? 'GET' : 'POST' },
            headers: { host: 'kuager.example', ...more.headers },
          },
          (answer) => {
            let text = ''
            answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
          },
        )
        asked.on('error', reject)
        asked.end(more.body)
      })
    const submit = (from: string, serial: string, headers = {}): Promise<Answer> => {
      const startedAt = new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace('T', ' ')
      const body = wrapped(JSON.stringify(webMeasurement({ startedAt, root: { x_serial: serial } })))
      return ask('/api/v1/submit_measurement', from, { body, headers })
    }

    before(async () => {
      const certificate = authority.issue('site', { names: ['kuager.example', 'letter.example', 'control.example'] })
      const options = ['--folder', 'data', '--rate', '1', '--origin', 'https://kuager.example', '--trusted-proxy', at]
      server = await programs.serve(['serve', ...options])
      proxy = await start({ port: new URL(server.origin).port, certificate })
    })
    after(async () => {
      for (const agent of agents.values()) agent.destroy()
      await proxy[Symbol.asyncDispose]()
      programs[Symbol.dispose]()
      authority[Symbol.dispose]()
      rmSync(folder, { recursive: true, force: true })
    })

    it('serves pages as the server made them: compressed, and with what may be kept', async () => {
      const headers = { 'accept-encoding': 'gzip' }
      const [here, direct] = [
        await ask('/en/about', OTHER, { headers }),
        await fetch(`${server.origin}/en/about`, { headers }),
      ]
      assert.deepEqual([here.status, direct.status], [200, 200])
      for (const field of [
        'cache-control',
        'content-type',
        'content-encoding',
        'etag',
        'vary',
        'content-security-policy',
      ])
        assert.equal(here.headers[field], direct.headers.get(field) ?? undefined, field)
      assert.equal(here.headers['content-encoding'], 'gzip')
      assert.match(String(here.headers['strict-transport-security']), /^max-age=31536000/)
      const etag = String(here.headers['etag'])
      const again = await ask('/en/about', OTHER, { headers: { ...headers, 'if-none-match': etag } })
      assert.equal(again.status, 304)
    })

    it('leads from http to https', async () => {
      const { status, location } = await new Promise<{ status?: number | undefined; location?: string | undefined }>(
        (resolve, reject) => {
          plainRequest(
            {
              host: '127.0.0.1',
              port: proxy.httpPort,
              path: '/kk',
              headers: { host: 'kuager.example' },
              localAddress: OTHER,
            },
            (answer) => {
              answer.resume()
              resolve({ status: answer.statusCode, location: answer.headers.location })
            },
          )
            .on('error', reject)
            .end()
        },
      )
      assert.ok(status === 301 || status === 308, String(status))
      assert.match(location ?? '', /^https:\/\/kuager\.example(?::\d+)?\/kk$/)
    })

    it('hands on a submission, and refuses a body that is too large', async () => {
      const { status, text } = await submit(OTHER, 'first')
      assert.equal(status, 200, text)
      assert.match(text, /measurement_uid/)
      const large = await ask('/api/v1/submit_measurement', OTHER, { body: Buffer.alloc(10_000_000, 32) }).catch(
        (error: unknown) => error,
      )
      // A server that refuses a body may close before all of it was sent.
      if (!(large instanceof Error)) assert.equal(Reflect.get(large as object, 'status'), 413)
      assert.equal((await ask('/en', OTHER)).status < 400, true)
    })

    it('keeps senders distinct, whatever they claim about their address', async () => {
      const statuses: number[] = []
      for (let nth = 0; nth < BURST; nth++) statuses.push((await submit(ONE, `burst ${nth}`)).status)
      assert.equal(statuses[0], 200)
      assert.ok(statuses.includes(429), 'one sender is limited')
      for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'client-ip']) {
        const value = header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9'
        assert.equal((await submit(ONE, header, { [header]: value })).status, 429, header)
      }
      assert.equal((await submit(OTHER, 'another')).status, 200, 'the other is not')
    })

    it('writes no address, no path and no header of a reader to any log, also not with an error', async () => {
      await ask('/en/incidents?secret-path', ONE, { headers: { 'user-agent': 'secret-agent' } })
      await broken('GET secret-path\r\n\r\n', proxy.httpPort)
      await broken('not a handshake\r\n\r\n', proxy.httpsPort)
      await server.end('SIGKILL')
      assert.equal((await ask('/en/secret-path', ONE, { headers: { 'user-agent': 'secret-agent' } })).status, 502)
      const logs = proxy.logs()
      for (const word of [ONE, OTHER, 'secret-path', 'secret-agent', '203.0.113.9'])
        assert.equal(logs.includes(word), false, `${word} is in: ${logs}`)
      assert.equal(programs.said.includes(ONE) || programs.said.includes(OTHER), false)
    })
  })

/** Sends what is no request, from the address that must not be logged. */
const broken = (text: string, port: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: ONE }, () => socket.end(text))
    socket.on('error', () => resolve()).on('close', () => resolve())
    socket.resume()
  })
