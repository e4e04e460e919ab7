/**
 * The simulated internet. Host names and addresses look like those of the real services, because the judge rightly
 * takes documentation addresses for bogons; nothing is ever sent to them. Names under `.example` are invented.
 */
export interface Site {
  readonly host: string
  /** Id in data/services.json, or `web:<host>`. */
  readonly service: string
  readonly v4: readonly string[]
  readonly v6: readonly string[]
  readonly asn: number
  readonly organisation: string
  readonly title: string
  readonly server: string
  /** Bytes of the page. */
  readonly bytes: number
  /** Host to which the first page redirects. */
  readonly redirect?: string
}

const google = { asn: 15169, organisation: 'Google LLC', server: 'ESF' }
const meta = { asn: 32934, organisation: 'Facebook, Inc.', server: 'proxygen-bolt' }
const twitter = { asn: 13414, organisation: 'Twitter Inc.', server: 'tsa_f' }
const telegram = { asn: 62041, organisation: 'Telegram Messenger Inc', server: 'nginx/1.18.0' }
const edge = { asn: 13335, organisation: 'Cloudflare, Inc.', server: 'cloudflare' }
const amazon = { asn: 16509, organisation: 'Amazon.com, Inc.', server: 'nginx' }

/** The content network to which a moved site points: another owner, a valid certificate. */
export const OTHER_EDGE = {
  v4: ['23.53.11.18', '23.53.11.42'],
  v6: ['2a02:26f0:6d00::1735:b12', '2a02:26f0:6d00::1735:b2a'],
  asn: 20940,
  organisation: 'Akamai International B.V.',
} as const

const site = (host: string, service: string, rest: Omit<Site, 'host' | 'service'>): Site => ({ host, service, ...rest })
const small = (host: string, last: number, title: string): Site =>
  site(host, `web:${host}`, {
    ...edge,
    v4: [`104.21.40.${last}`, `172.67.150.${last}`],
    v6: [`2606:4700:3030::6815:28${last.toString(16).padStart(2, '0')}`],
    title,
    bytes: 1400 + last,
  })
const plain = (host: string, service: string, net: typeof meta, address: string): Site =>
  site(host, service, { ...net, v4: [address], v6: [], title: 'Error', bytes: 548 })

const ENDPOINT_POOL = ['3.33.252.61', '15.197.210.208', '3.33.221.48', '15.197.206.217'] as const

const SITES: readonly Site[] = [
  site('www.youtube.com', 'youtube', {
    ...google,
    v4: ['142.250.186.78', '142.250.185.206'],
    v6: ['2a00:1450:4001:82b::200e'],
    title: 'YouTube',
    bytes: 2600,
  }),
  site('www.google.com', 'google', {
    ...google,
    v4: ['142.250.184.196'],
    v6: ['2a00:1450:4001:830::2004'],
    title: 'Google',
    bytes: 1900,
  }),
  site('www.facebook.com', 'facebook', {
    ...meta,
    v4: ['157.240.205.35'],
    v6: ['2a03:2880:f177:83:face:b00c:0:25de'],
    title: 'Facebook – log in or sign up',
    bytes: 2300,
  }),
  site('www.instagram.com', 'instagram', {
    ...meta,
    v4: ['157.240.205.174'],
    v6: ['2a03:2880:f277:e5:face:b00c:0:4420'],
    title: 'Instagram',
    bytes: 2200,
  }),
  site('twitter.com', 'twitter', {
    ...twitter,
    v4: ['104.244.42.1', '104.244.42.65'],
    v6: [],
    title: '',
    bytes: 0,
    redirect: 'x.com',
  }),
  site('x.com', 'twitter', { ...twitter, v4: ['104.244.42.129', '104.244.42.193'], v6: [], title: 'X', bytes: 2000 }),
  site('web.telegram.org', 'telegram', {
    ...telegram,
    v4: ['149.154.167.99'],
    v6: ['2001:67c:4e8:f004::9'],
    title: 'Telegram Web',
    bytes: 1200,
  }),
  site('www.wikipedia.org', 'wikipedia', {
    asn: 14907,
    organisation: 'Wikimedia Foundation Inc.',
    server: 'ATS/9.2.6',
    v4: ['185.15.59.224'],
    v6: ['2a02:ec80:300:ed1a::1'],
    title: 'Wikipedia',
    bytes: 2500,
  }),
  site('www.tiktok.com', 'tiktok', {
    asn: 20940,
    organisation: 'Akamai International B.V.',
    server: 'nginx',
    v4: ['23.48.23.140', '23.48.23.155'],
    v6: [],
    title: 'TikTok - Make Your Day',
    bytes: 2100,
  }),
  small('press.example', 11, 'Press of the steppe, invented news'),
  small('shop.example', 12, 'Invented shop opens every morning'),
  small('library.example', 13, 'Invented library of simulated books'),
  site('portal.example', 'web:portal.example', {
    ...edge,
    v4: ['104.21.40.99'],
    v6: [],
    title: 'Welcome, please log in',
    bytes: 700,
  }),
  plain('v.whatsapp.net', 'whatsapp', meta, '157.240.205.60'),
  plain('web.whatsapp.com', 'whatsapp', meta, '157.240.205.61'),
  ...Array.from({ length: 16 }, (_, i) =>
    plain(`e${i + 1}.whatsapp.net`, 'whatsapp', amazon, ENDPOINT_POOL[i % ENDPOINT_POOL.length] ?? ''),
  ),
  plain('b-api.facebook.com', 'messenger', meta, '157.240.205.16'),
  plain('b-graph.facebook.com', 'messenger', meta, '157.240.205.17'),
  plain('edge-mqtt.facebook.com', 'messenger', meta, '157.240.205.18'),
  plain('star.c10r.facebook.com', 'messenger', meta, '157.240.205.19'),
  plain('external.xx.fbcdn.net', 'messenger', meta, '157.240.205.20'),
  plain('scontent.xx.fbcdn.net', 'messenger', meta, '157.240.205.21'),
  plain('stun.fbsbx.com', 'messenger', meta, '157.240.205.22'),
  plain('cdsi.signal.org', 'signal', { ...amazon, asn: 8075, organisation: 'Microsoft Corporation' }, '40.122.45.194'),
  plain('chat.signal.org', 'signal', amazon, '76.223.92.165'),
  plain('sfu.voip.signal.org', 'signal', google, '35.186.192.249'),
  plain('storage.signal.org', 'signal', google, '142.251.209.19'),
  plain('uptime.signal.org', 'signal', amazon, '127.0.0.1'),
]

const BY_HOST = new Map(SITES.map((entry) => [entry.host, entry]))

/** The site of a host; throws RangeError for a host that the simulated internet does not have. */
export function siteOf(host: string): Site {
  const found = BY_HOST.get(host)
  if (found === undefined) throw new RangeError(`Cannot simulate ${host}: no such host`)
  return found
}

/** Telegram's datacentres as the nettest lists them. Source: OONI specification ts-020. */
export const DATACENTRES = [
  '149.154.175.50',
  '149.154.167.51',
  '149.154.175.100',
  '149.154.167.91',
  '149.154.171.5',
  '95.161.76.100',
] as const

/** What a probe measures: every `every`-th of its runs, beginning with the `offset`-th. */
export interface Target {
  readonly test: 'web_connectivity' | 'telegram' | 'whatsapp' | 'facebook_messenger' | 'signal' | 'sni_blocking'
  readonly service: string
  /** URL for web_connectivity, a name for sni_blocking. */
  readonly input?: string
  readonly every: number
  readonly offset: number
}

const web = (input: string, service: string, every: number, offset: number): Target => ({
  test: 'web_connectivity',
  service,
  input,
  every,
  offset,
})

export const TARGETS: readonly Target[] = [
  web('https://www.youtube.com/', 'youtube', 1, 0),
  web('https://www.facebook.com/', 'facebook', 2, 0),
  web('https://www.instagram.com/', 'instagram', 2, 1),
  web('https://twitter.com/', 'twitter', 2, 1),
  { test: 'telegram', service: 'telegram', every: 2, offset: 0 },
  web('https://web.telegram.org/', 'telegram', 4, 1),
  { test: 'whatsapp', service: 'whatsapp', every: 4, offset: 1 },
  { test: 'facebook_messenger', service: 'messenger', every: 4, offset: 3 },
  { test: 'signal', service: 'signal', every: 4, offset: 2 },
  web('https://www.wikipedia.org/', 'wikipedia', 4, 0),
  web('https://www.google.com/', 'google', 4, 2),
  web('http://press.example/', 'web:press.example', 6, 0),
  web('https://shop.example/', 'web:shop.example', 6, 2),
  web('https://library.example/', 'web:library.example', 6, 4),
]

/** Measured where a history names their service, and in no other, so that a seed gives what it gave before. */
const NAMED_TARGETS: readonly Target[] = [web('https://www.tiktok.com/', 'tiktok', 2, 1)]

/** Targets of a history: of the services that it names, else those that every history has. */
export const targetsFor = (services: readonly string[] | undefined): readonly Target[] =>
  services === undefined ? TARGETS : [...TARGETS, ...NAMED_TARGETS].filter(({ service }) => services.includes(service))

const pair = (input: string, service: string): Target => ({ test: 'sni_blocking', service, input, every: 1, offset: 0 })

/** What a history of pairs measures beside them: a fourth of the usual. */
export const FEWER_TARGETS: readonly Target[] = TARGETS.map((target) => ({ ...target, every: 4 * target.every }))

/** Pairs of names on one address, measured beside the targets where a history asks for them. */
export const PAIR_TARGETS: readonly Target[] = [
  pair('www.youtube.com', 'youtube'),
  pair('www.facebook.com', 'facebook'),
  pair('www.instagram.com', 'instagram'),
  pair('web.telegram.org', 'telegram'),
]
