import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { handshakeTls, type TlsHandshake, type TlsOptions } from './tls.ts'
import { MAX_CERTIFICATES } from './wire-chain.ts'
import type { NetTools } from '../tools.ts'
import { millis, parseInstant } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority, type Issued, type RunningProgram } from '../../../test/kit/net/lab-authority.ts'
import { openNginxTls } from '../../../test/kit/net/tls-servers.ts'

const LOOPBACK = '127.0.0.1'
const missing = ['nginx', 'openssl'].filter((name) => !hasProgram(name))
const skip = missing.length > 0 ? `needs ${missing.join(', ')}` : false

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const fingerprints = (pem: string): readonly string[] =>
  [...pem.matchAll(CERTIFICATE)].map(([text]) => new X509Certificate(text).fingerprint256)

/** What each port of the server settles on. */
const SETTINGS = {
  'TLS 1.3, AES-256-GCM': 'ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;',
  'TLS 1.3, AES-128-GCM': 'ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;',
  'TLS 1.3, ChaCha20-Poly1305': 'ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256;',
  'TLS 1.3 after a HelloRetryRequest': 'ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;',
  'TLS 1.2': 'ssl_protocols TLSv1.2;',
} as const

describe('handshakeTls() with a real server', { skip }, () => {
  const authority = skip === false ? new LabAuthority() : undefined
  let ports: readonly number[] = []
  let program: RunningProgram | undefined
  let withStranger: Issued
  let tools: NetTools

  before(async () => {
    if (authority === undefined) return
    using other = new LabAuthority()
    withStranger = authority.issue('good', { names: ['good.test', LOOPBACK], followedBy: [other.root] })
    const long = authority.issue('long', {
      names: ['long.test'],
      followedBy: Array.from({ length: 50 }, () => other.root),
    })
    const expired = authority.issue('expired', { names: ['expired.test'], expired: true })
    const elsewhere = authority.issue('wrong', { names: ['elsewhere.test'] })
    const copy = (from: Issued, name: string): Issued => {
      // The other authority's folder goes with it.
      execFileSync('cp', [from.chain, `${authority.folder}/${name}.pem`])
      execFileSync('cp', [from.key, `${authority.folder}/${name}.key`])
      return { chain: `${authority.folder}/${name}.pem`, key: `${authority.folder}/${name}.key` }
    }
    const unknown = copy(other.issue('unknown', { names: ['unknown.test'] }), 'u1')
    const allWrong = copy(other.issue('all', { names: ['elsewhere.test'], expired: true }), 'u2')
    const unknownElsewhere = copy(other.issue('both', { names: ['elsewhere.test'] }), 'u3')
    const sites = [
      { name: 'good.test', issued: withStranger },
      { name: 'long.test', issued: long },
      { name: 'expired.test', issued: expired },
      { name: 'wrong.test', issued: elsewhere },
      { name: 'unknown.test', issued: unknown },
      { name: 'all-wrong.test', issued: allWrong },
      { name: 'unknown-elsewhere.test', issued: unknownElsewhere },
      { name: 'reject.test', issued: withStranger, extra: 'ssl_reject_handshake on;' },
    ]
    const server = await openNginxTls(
      authority,
      Object.values(SETTINGS).map((extra) => sites.map((site) => ({ ...site, extra: `${extra} ${site.extra ?? ''}` }))),
    )
    ports = server.ports
    program = server.program
    tools = {
      clock: systemClock,
      signal: new AbortController().signal,
      limit: millis(30_000),
      extraRoots: [authority.root],
    }
  })
  after(async () => {
    await program?.[Symbol.asyncDispose]()
    authority?.[Symbol.dispose]()
  })

  async function shake(nth: number, options: TlsOptions): Promise<TlsHandshake> {
    const made = await handshakeTls({ address: LOOPBACK, port: ports[nth]! }, options, tools) // one port a setting
    made.socket?.destroy()
    return made
  }

  Object.keys(SETTINGS).forEach((setting, nth) => {
    it(`keeps the chain as it was sent, an unrelated certificate included: ${setting}`, async () => {
      const { outcome } = await shake(nth, { serverName: 'good.test' })
      assert.equal(outcome?.failure, undefined)
      assert.equal(outcome?.version, setting.startsWith('TLS 1.2') ? 'TLSv1.2' : 'TLSv1.3')
      const chain = outcome?.chain.map((der) => new X509Certificate(der).fingerprint256)
      assert.deepEqual(chain, fingerprints(readFileSync(withStranger.chain, 'utf8')))
      const shown = execFileSync(
        'openssl',
        ['s_client', '-connect', `${LOOPBACK}:${ports[nth]}`, '-servername', 'good.test', '-showcerts'],
        { input: '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] },
      )
      // openssl prints the leaf again at the end.
      assert.deepEqual(chain, fingerprints(shown).slice(0, chain?.length))
    })

    it(`names one fault, the first of its order, and keeps the chain: ${setting}`, async () => {
      const faults = {
        'expired.test': 'ssl_invalid_certificate',
        'wrong.test': 'ssl_invalid_hostname',
        'unknown.test': 'ssl_unknown_authority',
        'all-wrong.test': 'ssl_invalid_certificate',
        'unknown-elsewhere.test': 'ssl_invalid_hostname',
      }
      for (const [serverName, code] of Object.entries(faults)) {
        const { outcome, socket } = await shake(nth, { serverName })
        assert.equal(outcome?.failure?.code, code, serverName)
        assert.equal(outcome.failure.stage, 'verify')
        assert.equal(outcome.chain.length, 1)
        assert.equal(outcome.answered, true)
        assert.equal(socket, undefined)
        assert.equal((await shake(nth, { serverName, verify: false })).outcome?.failure, undefined)
      }
    })

    it(`bounds the certificates of an endless chain: ${setting}`, async () => {
      const { outcome } = await shake(nth, { serverName: 'long.test' })
      assert.equal(outcome?.failure, undefined)
      assert.equal(outcome?.chain.length, MAX_CERTIFICATES)
    })

    it(`names the alert that refuses a name: ${setting}`, async () => {
      const { outcome } = await shake(nth, { serverName: 'reject.test' })
      assert.equal(outcome?.failure?.code, 'ssl_invalid_hostname')
      assert.equal(outcome.failure.stage, 'handshake')
      assert.equal(outcome.answered, true)
      assert.deepEqual(outcome.chain, [])
    })
  })

  it('tells an expired leaf by the clock it was given', async () => {
    const late = { ...systemClock, now: () => parseInstant('2099-01-01') }
    const made = await handshakeTls(
      { address: LOOPBACK, port: ports[0]! },
      { serverName: 'good.test' },
      { ...tools, clock: late },
    )
    assert.equal(made.outcome?.failure?.code, 'ssl_invalid_certificate')
  })

  it('offers and names protocols, and orders its moments', async () => {
    const { outcome, connect } = await shake(0, { serverName: 'good.test', alpn: ['http/1.1'] })
    assert.deepEqual(outcome?.alpnOffered, ['http/1.1'])
    assert.equal(outcome.alpn, 'http/1.1')
    assert.equal((await shake(0, { serverName: 'good.test', alpn: [] })).outcome?.alpn, undefined)
    const moments = [
      connect.startedAt,
      connect.endedAt,
      outcome.startedAt,
      outcome.helloAt,
      outcome.firstByteAt,
      outcome.endedAt,
    ]
    assert.deepEqual(
      moments,
      [...moments].sort((a, b) => a! - b!),
    ) // all are there: the handshake completed
    assert.equal(outcome.cipher, 'TLS_AES_256_GCM_SHA384')
    assert.equal(outcome.localPort, connect.localPort)
  })

  it('makes a small hello that fits one segment, and a usual one that does not', async () => {
    const small = (await shake(0, { serverName: 'good.test', hello: 'small' })).outcome
    const usual = (await shake(0, { serverName: 'good.test' })).outcome
    assert.equal(small?.helloBytes, 363 + 'good.test'.length) // src/net/tls/context.ts says so

    assert.ok((usual?.helloBytes ?? 0) > 1460, `${usual?.helloBytes} bytes`)
    assert.equal(small?.failure, undefined)
  })

  it('sends no name where none is given, and checks the address instead', async () => {
    const { outcome } = await shake(0, {})
    assert.equal(outcome?.serverName, undefined)
    assert.equal(outcome?.failure, undefined)
  })

  it('trusts no root that an owner added to the environment or the system', () => {
    const script = `
      const { handshakeTls } = await import(${JSON.stringify(new URL('tls.ts', import.meta.url).href)})
      const clock = { now: () => Date.now(), monotonic: () => performance.now() }
      const tools = { clock, signal: new AbortController().signal, limit: 10000 }
      const made = await handshakeTls({ address: '${LOOPBACK}', port: ${ports[0]} }, { serverName: 'good.test' }, tools)
      process.stdout.write(made.outcome.failure?.code ?? 'trusted')`
    const root = `${authority?.folder}/ca.pem`
    for (const env of [{ NODE_EXTRA_CA_CERTS: root }, { SSL_CERT_FILE: root, NODE_OPTIONS: '--use-openssl-ca' }]) {
      const code = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      })
      assert.equal(code, 'ssl_unknown_authority')
    }
  })
})
