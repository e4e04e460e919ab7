import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { makeCertificate } from '../../lab/history/certificates.ts'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { connect, exchange, handshake, query, webMeasurement } from '../../test/kit/measured/measurement.ts'
import type { Json } from '../../test/kit/measured/measurement.ts'

/** `small`: about 7 KiB, one site with one chain. `large`: about 42 KiB, redirects, six chains, page bodies. */
export type Size = 'small' | 'large'

const SINCE = Date.UTC(2026, 0, 1)
const YEAR = 365 * DAY_MS
const WORDS = 'access address answer archive board carrier channel city company country court day door evening'.split(
  ' ',
)

/** A small generator of its own (mulberry32), so that two runs of the benchmark see the same bytes. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Authority {
  readonly name: string
  readonly key: KeyObject
  readonly certificate: string
}

/** Makes measurements of distinct sites with distinct certificates under a few intermediates. */
export function createMaker(size: Size): (index: number) => string {
  const site = generateKeyPairSync('ed25519')
  const authorities = Array.from({ length: 6 }, (_, i): Authority => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const party = { commonName: `Benchmark Authority ${i}`, organisation: 'Benchmark' }
    const validity = { notBefore: SINCE - YEAR, notAfter: SINCE + 9 * YEAR }
    const wanted = { subject: party, issuer: party, validity, names: [], publicKey: privateKey, signingKey: privateKey }
    return { name: party.commonName, key: privateKey, certificate: makeCertificate(wanted) }
  })
  const chain = (host: string, at: number, index: number): string[] => {
    const authority = authorities[index % authorities.length]! // the index is below the length
    const leaf = makeCertificate({
      subject: { commonName: host },
      issuer: { commonName: authority.name, organisation: 'Benchmark' },
      validity: { notBefore: at - 30 * DAY_MS, notAfter: at + 60 * DAY_MS },
      names: Array.from({ length: size === 'small' ? 6 : 30 }, (_, i) => (i === 0 ? host : `n${i}.${host}`)),
      publicKey: site.privateKey,
      signingKey: authority.key,
    })
    return [leaf, authority.certificate]
  }
  return (index) => JSON.stringify(size === 'small' ? makeSmall(index, chain) : makeLarge(index, chain))
}

type Chain = (host: string, at: number, index: number) => string[]

function makeSmall(index: number, chain: Chain): Json {
  const random = randomOf(index)
  const host = `www.site-${index}.example`
  const at = SINCE + index * 61_000
  const addresses = publicAddresses(random, index % 3 === 0 ? 2 : 1)
  const blocked = random() < 0.15
  return webMeasurement({
    url: `https://${host}/`,
    addresses,
    startedAt: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    probeAsn: `AS${9000 + Math.floor(random() * 40)}`,
    body: page(random, 1200),
    ...(blocked ? { tls: 'generic_timeout_error' } : { certificates: chain(host, at, index) }),
    testKeys: {
      queries: ['getaddrinfo', 'udp', 'doh'].map((engine) => query(host, addresses, { engine })),
      network_events: events(random, addresses, 6),
    },
  })
}

function makeLarge(index: number, chain: Chain): Json {
  const random = randomOf(index)
  const hosts = [0, 1, 2].map((hop) => `www.hop-${hop}-of-${index}.example`)
  const at = SINCE + index * 61_000
  const addresses = publicAddresses(random, 2)
  const each = <T>(make: (host: string, hop: number, address: string) => T): T[] =>
    hosts.flatMap((host, hop) => addresses.map((address) => make(host, hop, address)))
  return webMeasurement({
    url: `https://${hosts[0]}/`,
    addresses,
    startedAt: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    probeAsn: `AS${9000 + Math.floor(random() * 40)}`,
    testKeys: {
      queries: hosts.flatMap((host, depth) =>
        ['getaddrinfo', 'udp', 'doh'].map((engine) => query(host, addresses, { engine, depth })),
      ),
      tcp_connect: each((_, hop, address) => connect(address, 443, null, hop)),
      tls_handshakes: each((host, hop, address) =>
        handshake(`${address}:443`, host, { depth: hop, certificates: chain(host, at + hop, index + hop) }),
      ),
      requests: hosts
        .map((host, hop) =>
          exchange(`https://${host}/`, {
            depth: hop,
            status: hop === 2 ? 200 : 302,
            headers: hop === 2 ? [['Content-Type', 'text/html']] : [['Location', `https://${hosts[hop + 1]}/`]],
            body: page(random, hop === 2 ? 14_000 : 400),
          }),
        )
        .reverse(),
      network_events: events(random, addresses, 48),
    },
  })
}

const publicAddresses = (random: () => number, count: number): string[] =>
  Array.from({ length: count }, () => `93.184.${Math.floor(random() * 250)}.${1 + Math.floor(random() * 250)}`)

function page(random: () => number, length: number): string {
  let text = '<!doctype html><html><head><title>A page of its own</title></head><body><p>'
  while (text.length < length) text += `${WORDS[Math.floor(random() * WORDS.length)]} ${Math.floor(random() * 1e6)} `
  return `${text}</p></body></html>`
}

const events = (random: () => number, addresses: readonly string[], count: number): Json[] =>
  Array.from({ length: count }, (_, i) => ({
    address: `${addresses[i % addresses.length]}:443`,
    failure: null,
    num_bytes: Math.floor(random() * 1500),
    operation: i % 2 === 0 ? 'write' : 'read',
    proto: 'tcp',
    t0: i / 100,
    t: i / 100 + random() / 100,
    tags: ['depth=0'],
    transaction_id: 50001,
  }))
