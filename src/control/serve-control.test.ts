import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { loopbackBlock, openControl, openOrigin, openZone } from '../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority, type Issued } from '../../test/kit/net/lab-authority.ts'
import { openUdpResolver } from '../../test/kit/net/udp-resolver.ts'
import { freePort } from '../../test/kit/net/quic-servers.ts'
import { parseAsn } from '../core/model/units.ts'
import { systemClock } from '../runtime/clock.ts'
import { Destinations } from './destinations.ts'

const skip = !hasProgram('openssl')
  ? 'needs openssl'
  : process.getuid?.() !== 0
    ? 'needs root for the ports of the web'
    : false

describe('the control', () => {
  it('greets at every path, and takes nothing but GET and POST', async () => {
    await using control = await openControl({ allow: [] })
    for (const path of ['', 'some/path?x=1']) {
      const response = await fetch(control.url + path)
      assert.equal(await response.text(), '{"message":"Hello OONItarian!"}')
      assert.equal(response.headers.get('content-type'), 'application/json')
    }
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD'])
      assert.equal((await fetch(control.url, { method })).status, 400, method)
    for (const path of ['x-responders', 'x-services']) assert.equal((await fetch(`${control.url}${path}`)).status, 404)
  })

  it('answers 400 to what is no request, without repeating any of it', async () => {
    await using control = await openControl({ allow: [] })
    const bodies = [
      '',
      'secret-word',
      '{"http_request":"secret-word"}',
      '{"http_request":',
      '[]',
      `${'['.repeat(5000)}`,
      '{"http_request":"https://example.org/","tcp_connect":"secret-word"}',
      '{"http_request":"https://example.org:25/"}',
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.alloc(2 ** 24 + 1, 0x20),
    ]
    for (const body of bodies) {
      const { status, json } = await control.ask(body)
      assert.equal(status, 400)
      assert.doesNotMatch(JSON.stringify(json), /secret-word/)
    }
    assert.deepEqual(control.log, [])
  })

  it('says that a name does not exist, in the words of OONI’s helper', async () => {
    await using control = await openControl({ allow: [] })
    const { status, json } = await control.ask({ http_request: 'https://no-such.test/', tcp_connect: ['10.0.0.1:443'] })
    assert.equal(status, 200)
    assert.deepEqual(json, {
      tcp_connect: {},
      quic_handshake: {},
      http_request: {
        body_length: -1,
        discovered_h3_endpoint: '',
        failure: 'dns_lookup_error',
        title: '',
        headers: {},
        status_code: -1,
      },
      http3_request: null,
      dns: { failure: 'dns_name_error', addrs: [] },
      ip_info: { '10.0.0.1': { asn: 0, flags: 5 } },
    })
  })

  it('turns away the twenty-sixth request in flight, and of OONI’s probes the fifty-first', async () => {
    await using silent = await openUdpResolver(() => undefined)
    await using control = await openControl({ allow: [], resolver: silent })
    const leave = new AbortController()
    const send = (userAgent: string): Promise<number> =>
      fetch(control.url, {
        method: 'POST',
        body: '{"http_request":"https://slow.test/"}',
        headers: { 'user-agent': userAgent },
        signal: leave.signal,
      }).then(
        (response) => response.status,
        () => 0,
      )
    const waiting = Array.from({ length: 25 }, () => send('x'))
    while (silent.asked < 50) await new Promise((resolve) => setImmediate(resolve)) // A and AAAA of each
    assert.equal(await send('x'), 503)
    const theirs = Array.from({ length: 25 }, () => send('ooniprobe-cli/3.24.0'))
    while (silent.asked < 100) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(await send('ooniprobe-cli/3.24.0'), 503)
    leave.abort()
    await Promise.all([...waiting, ...theirs])
  })

  it('turns away one network that asks too often, for so long as it says', async () => {
    await using control = await openControl({ allow: [] })
    const ask = (): ReturnType<typeof control.ask> => control.ask({ x_client: true })
    let answer = await ask()
    for (let i = 1; i < 320 && answer.status === 200; i++) answer = await ask()
    assert.equal(answer.status, 429)
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  })

  it('counts clients behind a proxy separately only if the proxy is configured', async () => {
    const networks = {
      lookup: (address: string) => (address === '20.0.0.7' ? parseAsn(64_500) : undefined),
      network: () =>
        ({
          asn: parseAsn(64_500),
          name: 'Example',
          country: 'KZ',
          use: 'unknown',
          source: '',
          checked_at: '',
        }) as const,
    }
    const headers = { 'x-forwarded-for': '10.9.9.9, 20.0.0.7' }
    await using direct = await openControl({ allow: [], networks })
    assert.deepEqual((await direct.ask({ x_client: true }, headers)).json, {
      tcp_connect: {},
      quic_handshake: {},
      http_request: null,
      http3_request: null,
      dns: null,
      x_client: { asn: 'AS0', cc: 'ZZ', name: '', address: '127.0.0.1' },
    })
    await using proxied = await openControl({ allow: [], networks, proxied: true })
    const { x_client: client } = (await proxied.ask({ x_client: true }, headers)).json as { x_client: unknown }
    assert.deepEqual(client, { asn: 'AS64500', cc: 'KZ', name: 'Example', address: '20.0.0.7' })
  })

  it('answers 500 where the program is broken, and logs neither address nor URL', async () => {
    await using control = await openControl({
      allow: [],
      resolve: () => Promise.reject(new Error('no answer from 192.0.2.77 for it')),
    })
    const { status, json } = await control.ask({ http_request: 'https://very-private.test/path' })
    assert.equal(status, 500)
    assert.deepEqual(json, { error: 'the control broke' })
    assert.equal(control.log.length, 1)
    assert.doesNotMatch(control.log.join(''), /192\.0\.2|very-private|127\.0\.0\.1|::1/)
  })

  it('stops what it does when the asker goes away', async () => {
    const { block, address } = loopbackBlock()
    let closed: () => void = () => undefined
    const origin_ = new Promise<void>((resolve) => (closed = resolve))
    await using origin = await openOrigin({ address: address(1), port: 0 }, (request) =>
      request.socket.once('close', closed),
    )
    await using control = await openControl({ allow: [block] })
    const body = JSON.stringify({ http_request: `http://${origin.address}:${origin.port}/` })
    const socket = connect(Number(new URL(control.url).port), '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    while (origin.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    await origin_
    assert.deepEqual(control.log, [])
  })
})

describe('what the control measures', { skip }, () => {
  let authority: LabAuthority
  let issued: Issued
  before(() => {
    authority = new LabAuthority()
    issued = authority.issue('site', { names: ['site.test', 'www.site.test'] })
  })
  after(() => authority[Symbol.dispose]())

  it('is given in exactly the form of OONI’s helper', async () => {
    const { block, address } = loopbackBlock()
    const body = '<html><head><title>Бет &amp; page</title></head></html>'
    await using plain = await openOrigin({ address: address(1), port: 80 }, (_, response) => {
      response.writeHead(301, { location: 'https://www.site.test/home', 'set-cookie': 'k=v; Domain=site.test; Path=/' })
      response.end()
    })
    await using secure = await openOrigin({ address: address(1), port: 443, issued }, (_, response) => {
      response.sendDate = false
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(body), server: 'lab' })
      response.end(body)
    })
    await using resolver = await openZone({ 'site.test': [address(1)], 'www.site.test': [address(1)] })
    await using control = await openControl({ allow: [block], resolver, extraRoots: [authority.root] })
    const { status, json } = await control.ask({
      http_request: 'http://site.test/',
      http_request_headers: {
        Accept: ['text/html'],
        'Accept-Language': ['kk'],
        'User-Agent': ['test'],
        Cookie: ['no=1'],
      },
      tcp_connect: [`${address(2)}:443`, '10.0.0.1:80'],
      x_quic_enabled: true,
    })
    assert.equal(status, 200)
    const refused = { status: false, failure: 'connection_refused_error' }
    const connected = { status: true, failure: null }
    assert.equal(
      JSON.stringify(json),
      JSON.stringify({
        tcp_connect: {
          [`${address(2)}:80`]: refused,
          [`${address(2)}:443`]: refused,
          [`${address(1)}:80`]: connected,
          [`${address(1)}:443`]: connected,
        },
        tls_handshake: { [`${address(1)}:443`]: { server_name: 'site.test', status: true, failure: null } },
        quic_handshake: {},
        http_request: {
          body_length: Buffer.byteLength(body),
          discovered_h3_endpoint: '',
          failure: null,
          title: 'Бет &amp; page',
          headers: {
            Connection: 'close',
            'Content-Length': String(Buffer.byteLength(body)),
            'Content-Type': 'text/html',
            Server: 'lab',
          },
          status_code: 200,
        },
        http3_request: null,
        dns: { failure: null, addrs: [address(1)] },
        ip_info: {
          [address(2)]: { asn: 0, flags: 1 },
          '10.0.0.1': { asn: 0, flags: 5 },
          [address(1)]: { asn: 0, flags: 10 },
        },
      }),
    )
    assert.deepEqual(plain.requests, ['GET site.test /'])
    assert.deepEqual(secure.requests, ['GET www.site.test /home'])
    const sent = secure.headers()
    for (const [name, value] of [
      ['Accept', 'text/html'],
      ['Accept-Language', 'kk'],
      ['User-Agent', 'test'],
      ['Cookie', 'k=v'],
    ])
      assert.equal(sent[sent.indexOf(name ?? '') + 1], value)
    assert.equal(sent.filter((name) => name === 'Cookie').length, 1)
  })

  it('repeats pairs from here, and leaves out those it may not make', async () => {
    const { block, address } = loopbackBlock()
    await using secure = await openOrigin({ address: address(1), port: 8443, issued }, (_, response) => response.end())
    const closed = await freePort()
    await using control = await openControl({ allow: [block], extraRoots: [authority.root] })
    const pair = (to: string, name: string, role: string): unknown => ({
      address: to,
      server_name: name,
      network: 'tcp',
      role,
    })
    const { json } = await control.ask({
      http_request: '',
      tcp_connect: [`${address(1)}:8443`, `${address(1)}:25`, '10.0.0.1:8443'],
      x_pairs: [
        pair(`${address(1)}:8443`, 'site.test', 'target'),
        pair(`${address(1)}:8443`, 'innocent.test', 'innocent'),
        pair(`${address(1)}:${closed}`, 'site.test', 'target'),
        pair('10.0.0.1:443', 'site.test', 'neighbour'),
        pair('127.0.0.1:443', 'site.test', 'neighbour'),
        pair('[::1]:443', 'site.test', 'neighbour'),
        pair('[::ffff:127.0.0.1]:443', 'site.test', 'neighbour'),
        pair(`${address(1)}:22`, 'site.test', 'neighbour'),
      ],
    })
    const answer = json as { x_pairs: readonly Record<string, unknown>[]; tcp_connect: unknown; dns: unknown }
    assert.deepEqual(
      answer.x_pairs.map(({ address: to, server_name, failure, answered }) => [to, server_name, failure, answered]),
      [
        [`${address(1)}:8443`, 'site.test', null, true],
        [`${address(1)}:8443`, 'innocent.test', 'ssl_invalid_hostname', true],
        [`${address(1)}:${closed}`, 'site.test', 'connection_refused', false],
      ],
    )
    for (const { t } of answer.x_pairs) assert.ok(typeof t === 'number' && t >= 0 && t < 8)
    assert.deepEqual(answer.tcp_connect, { [`${address(1)}:8443`]: { status: true, failure: null } })
    assert.equal(answer.dns, null)
    assert.ok(secure.connections() >= 3)
  })

  it('resolves a name without fetching a page, on the ports of the endpoints', async () => {
    const { block, address } = loopbackBlock()
    await using origin = await openOrigin({ address: address(1), port: 5222 }, (_, response) => response.end())
    await using resolver = await openZone({ 'chat.test': [address(1)] })
    await using control = await openControl({ allow: [block], resolver })
    const { json } = await control.ask({ x_host: 'chat.test', tcp_connect: [`${address(1)}:5222`] })
    assert.deepEqual(json, {
      tcp_connect: { [`${address(1)}:5222`]: { status: true, failure: null } },
      quic_handshake: {},
      http_request: null,
      http3_request: null,
      dns: { failure: null, addrs: [address(1)] },
      ip_info: { [address(1)]: { asn: 0, flags: 3 } },
    })
    assert.deepEqual(origin.requests, [])
  })

  it('never follows a redirect to the inside, by address or by name', async () => {
    const { block, address } = loopbackBlock()
    const outside = loopbackBlock()
    await using inside = await openOrigin({ address: outside.address(1), port: 8080 }, (_, response) =>
      response.end('secret'),
    )
    const targets = [
      `http://${outside.address(1)}:8080/`,
      'http://inside.test:8080/',
      'http://half.test:8080/',
      `http://[::ffff:${outside.address(1)}]:8080/`,
      `http://${Number.parseInt(
        outside
          .address(1)
          .split('.')
          .map((part) => Number(part).toString(16).padStart(2, '0'))
          .join(''),
        16,
      )}:8080/`,
      `http://${address(1)}:25/`,
      'file:///etc/passwd',
    ]
    let target = ''
    await using origin = await openOrigin({ address: address(1), port: 8081 }, (_, response) => {
      response.writeHead(302, { location: target })
      response.end()
    })
    await using resolver = await openZone({
      'inside.test': [outside.address(1)],
      'half.test': [address(1), outside.address(1)],
    })
    await using control = await openControl({ allow: [block], resolver })
    for (target of targets) {
      const { json } = await control.ask({ http_request: `http://${origin.address}:8081/` })
      const { http_request: page } = json as { http_request: { failure: string; status_code: number } }
      assert.match(page.failure, /^(unknown_error|dns_lookup_error)$/, target)
      assert.equal(page.status_code, -1)
    }
    assert.equal(inside.connections(), 0)
  })

  it('dials the address that it checked, though the name answers otherwise the next time', async () => {
    const { block, address } = loopbackBlock()
    const outside = loopbackBlock()
    await using inside = await openOrigin({ address: outside.address(1), port: 8080 }, (_, response) =>
      response.end('secret'),
    )
    await using origin = await openOrigin({ address: address(1), port: 8080 }, (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/again' })
      response.end('public')
    })
    let asked = 0
    await using resolver = await openZone({ 'turn.test': () => (asked++ < 2 ? [address(1)] : [outside.address(1)]) })
    await using control = await openControl({ allow: [block], resolver })
    const { json } = await control.ask({ http_request: 'http://turn.test:8080/' })
    assert.equal((json as { http_request: { status_code: number } }).http_request.status_code, 200)
    assert.equal(origin.requests.length, 2)
    assert.equal(inside.connections(), 0)
  })

  it('gives up on a circle of redirects', async () => {
    const { block, address } = loopbackBlock()
    await using origin = await openOrigin({ address: address(1), port: 8082 }, (_, response) => {
      response.writeHead(302, { location: '/' })
      response.end()
    })
    await using control = await openControl({ allow: [block] })
    const { json } = await control.ask({ http_request: `http://${origin.address}:8082/` })
    assert.equal((json as { http_request: { failure: string } }).http_request.failure, 'unknown_error')
    assert.equal(origin.requests.length, 11)
  })

  it('measures sixteen endpoints and no more', async () => {
    const { block, address } = loopbackBlock()
    await using control = await openControl({ allow: [block] })
    const endpoints = Array.from({ length: 40 }, (_, i) => `${address(i + 1)}:9999`)
    const { json } = await control.ask({ http_request: '', x_pairs: [], tcp_connect: endpoints })
    assert.equal(Object.keys((json as { tcp_connect: object }).tcp_connect).length, 16)
  })

  it('spares an address that was asked too often: no answer about it, and no failure', async () => {
    const { block, address } = loopbackBlock()
    const destinations = new Destinations({ burst: 2, perSecond: 0.001, most: 10, mostPorts: Infinity }, systemClock)
    await using origin = await openOrigin({ address: address(1), port: 8083 }, (_, response) => response.end())
    await using control = await openControl({ allow: [block], destinations })
    const request = { http_request: '', x_pairs: [], tcp_connect: [`${origin.address}:8083`] }
    const counts = []
    for (let i = 0; i < 3; i++)
      counts.push(Object.keys(((await control.ask(request)).json as { tcp_connect: object }).tcp_connect).length)
    assert.deepEqual(counts, [1, 1, 0])
    assert.equal((await control.ask({ http_request: `http://${origin.address}:8083/` })).status, 429)
  })
})
