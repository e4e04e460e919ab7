import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import type { CensorRule } from '../../lab/net/censor/rules.ts'
import type { WorldChange } from '../../lab/net/change.ts'
import { missingForLab } from '../../lab/net/needs.ts'
import { ADDRESSES, OWN_HOSTS } from '../../lab/net/plan.ts'
import { waitUntil, type Daemon } from '../../lab/net/run-command.ts'
import { WebServer } from '../../lab/net/servers/nginx.ts'
import { openWorld, type World } from '../../lab/net/world.ts'
import type { CheckPlan } from '../../src/core/model/people/crowd-check.ts'
import { BROWSER_SWITCHES, chromiumPath } from '../kit/browser/browser.ts'

const MISSING = [
  ...missingForLab(),
  ...(chromiumPath() === undefined ? ['there is no Chromium at /usr/bin: apt-get install chromium'] : []),
]
const skip = MISSING.length > 0 && `the laboratory: ${MISSING.join('; ')}`
const SITE_PORT = 8420
const SITE = fileURLToPath(new URL('../kit/browser/check-lab-site.ts', import.meta.url))
const SERVICES = ['youtube', 'facebook', 'telegram', 'whatsapp'] as const
type Marks = Readonly<Record<(typeof SERVICES)[number], string>>

/** Every service opens, but for those that are named. */
const but = (given: Partial<Marks>): Marks => ({
  youtube: 'open',
  facebook: 'open',
  telegram: 'open',
  whatsapp: 'open',
  ...given,
})
const ALL_UNKNOWN = but({ youtube: 'unkn', facebook: 'unkn', telegram: 'unkn', whatsapp: 'unkn' })

/**
 * A name in two parts, each of which names it here. The censor's kernel looks at one packet at a time; the hello of a
 * browser of today fills two, its extensions stand in an order of chance, and so its name is sometimes cut.
 */
const halves = (name: string): string[] => [name.slice(0, 4), name.slice(4)]

const BOTH_CONTROLS: readonly string[] = [OWN_HOSTS.control, OWN_HOSTS.secondControl]

interface Case {
  readonly it: string
  readonly censor?: readonly CensorRule[]
  readonly world?: readonly WorldChange[]
  /** Control hosts; absent: the first alone. */
  readonly controls?: readonly string[]
  /** What a control abroad sees; absent: it is asked. */
  readonly abroad?: Partial<Record<(typeof SERVICES)[number], CheckPlan['targets'][0]['abroad']>>
  readonly marks: Marks
  readonly says: RegExp
  /** What else is said. */
  readonly lines?: RegExp
}

const CASES: readonly Case[] = [
  { it: 'finds nothing on a healthy line', marks: but({}), says: /^On your network everything on the list answers\.$/ },
  {
    it: 'finds the one service whose name is reset',
    censor: [{ kind: 'hello', names: halves('telegram-lab.net'), action: 'reset' }],
    marks: but({ telegram: 'shut' }),
    says: /^On your network the site of telegram does not answer, everything else does/,
  },
  {
    it: 'finds two services whose names vanish',
    censor: [{ kind: 'hello', names: ['telegram-lab.net', 'youtube-lab.net'].flatMap(halves), action: 'drop' }],
    marks: but({ telegram: 'shut', youtube: 'shut' }),
    says: /^On your network these sites do not answer: youtube, telegram\. Everything else does/,
  },
  {
    it: 'finds a service whose handshakes end at the provider',
    censor: [{ kind: 'interception', names: ['youtube-lab.net'], certificate: 'valid' }],
    marks: but({ youtube: 'shut' }),
    says: /^On your network the site of youtube does not answer/,
  },
  {
    it: 'finds a service whose name leads to the page of the provider',
    censor: [
      {
        kind: 'lying-resolver',
        names: ['whatsapp-lab.net'],
        answer: { kind: 'addresses', addresses: [ADDRESSES.providerPages] },
      },
    ],
    marks: but({ whatsapp: 'shut' }),
    says: /^On your network the site of whatsapp does not answer/,
  },
  {
    it: 'says of a page that is withheld here alone that something else comes',
    world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'legal' }],
    abroad: { youtube: 'usable' },
    marks: but({ youtube: 'part' }),
    says: /^On your network 3 of 4 services answer/,
  },
  {
    it: 'does not call a dead origin blocked',
    world: [{ kind: 'origin-down', hosts: ['www.youtube-lab.net'], how: 'refused' }],
    marks: but({ youtube: 'fault' }),
    says: /^On your network 3 of 4 services answer/,
  },
  {
    it: 'does not call a silent origin blocked',
    world: [{ kind: 'origin-down', hosts: ['www.youtube-lab.net'], how: 'silent' }],
    marks: but({ youtube: 'fault' }),
    says: /^On your network 3 of 4 services answer/,
  },
  {
    it: 'says nothing of a blocked service that nobody looked at from abroad',
    censor: [{ kind: 'hello', names: halves('telegram-lab.net'), action: 'reset' }],
    abroad: { telegram: null },
    marks: but({ telegram: 'unkn' }),
    says: /^On your network 3 of 4 services answer/,
  },
  {
    it: 'says nothing on a line that is down',
    world: [{ kind: 'outage', where: 'gateway' }],
    marks: ALL_UNKNOWN,
    says: /No control server answered/,
  },
  {
    it: 'says nothing behind a sign-in page',
    world: [{ kind: 'captive-portal' }],
    marks: ALL_UNKNOWN,
    says: /No control server answered/,
  },
  {
    it: 'judges nothing where the control host itself is blocked, and says that the line is up',
    censor: [{ kind: 'hello', names: [OWN_HOSTS.control, 'telegram-lab.net'].flatMap(halves), action: 'reset' }],
    abroad: { youtube: 'usable', facebook: 'usable', telegram: 'usable', whatsapp: 'usable' },
    marks: ALL_UNKNOWN,
    says: /No control server answered/,
    lines:
      /no control server can be reached from this network.*did answer: youtube, facebook, whatsapp\. So your connection works/s,
  },
  {
    it: 'finds the one service whose name is reset where one of two control hosts is blocked, and names that host',
    controls: BOTH_CONTROLS,
    censor: [
      { kind: 'hello', names: halves(OWN_HOSTS.control), action: 'drop' },
      { kind: 'hello', names: halves('telegram-lab.net'), action: 'reset' },
    ],
    marks: but({ telegram: 'shut' }),
    says: /^On your network the site of telegram does not answer, everything else does/,
    lines: /did not answer: helper\.measure-lab\.net\. Those that did: reach\.second-lab\.org\./,
  },
  {
    it: 'finds nothing where one of two control hosts is blocked and nothing else',
    controls: BOTH_CONTROLS,
    censor: [{ kind: 'hello', names: halves(OWN_HOSTS.secondControl), action: 'reset' }],
    marks: but({}),
    says: /^On your network everything on the list answers\.$/,
    lines: /did not answer: reach\.second-lab\.org\. Those that did: helper\.measure-lab\.net\./,
  },
  {
    it: 'finds nothing where IPv6 is broken',
    world: [{ kind: 'ipv6-broken' }],
    marks: but({}),
    says: /On your network everything/,
  },
]

/** Changes of the line itself. */
const LINES: readonly WorldChange['kind'][] = ['outage', 'captive-portal', 'congestion', 'loss', 'ipv6-broken']

/** Lines that are narrow or lose much: the check itself fills what there is. Whatever is found, nothing is called blocked. */
const POOR: readonly { readonly it: string; readonly world: readonly WorldChange[] }[] = [
  ...[64, 128].map((kbit) => ({ it: `of ${kbit} kbit/s`, world: [{ kind: 'congestion' as const, kbit }] })),
  { it: 'that loses 10 of 100', world: [{ kind: 'loss' as const, percent: 10 }] },
]

describe('a check from a browser in the laboratory', { skip }, () => {
  let world: World
  let browser: Browser
  let site: Daemon
  let front: WebServer
  let planFile = ''

  const hostOf = (service: string): string => {
    const found = world.plan.services.find(({ id }) => id === service)?.endpoints[0]?.host
    assert.ok(found !== undefined, `the laboratory has no ${service}`)
    return found
  }

  before(async () => {
    world = await openWorld()
    const { measuring } = world.places
    const { control, collector, edge } = world.certificates
    planFile = join(world.folder, 'plan.json')
    site = measuring.start('site', [process.execPath, SITE, String(SITE_PORT), planFile])
    front = new WebServer(measuring, join(world.folder, 'check-front'))
    const usual = { strict: false, quic: false }
    await front.serve({
      sites: [
        {
          ...usual,
          host: OWN_HOSTS.collector,
          addresses: [ADDRESSES.collector],
          pair: collector,
          locations: [`location / { proxy_pass http://127.0.0.1:${SITE_PORT}; proxy_set_header Host $host; }`],
        },
        ...BOTH_CONTROLS.map((host) => ({
          ...usual,
          host,
          addresses: [ADDRESSES.control],
          pair: control,
          locations: [
            'location = /reach { default_type text/plain; add_header Access-Control-Allow-Origin *; return 200 "reached"; }',
            'location = /reach.png { empty_gif; }',
          ],
        })),
      ],
      edge,
    })
    await waitUntil('the site', () => Promise.resolve(site.log().includes('ready')), { limit: 60_000, log: site.log })
    browser = await openBrowserInside(world)
  })
  after(async () => {
    await browser?.close()
    await front?.stop()
    await site?.stop()
    await world?.[Symbol.asyncDispose]()
  })

  /** What stands abroad sees of a target: a page, and an image for its favicon. */
  async function lookFromAbroad(service: string): Promise<'usable' | 'broken'> {
    const { out } = await world.places.measuring.attempt([
      ...['curl', '-sS', '--max-time', '3', '--cacert', world.files.roots, '-o', '/dev/null'],
      ...['-w', '%{http_code} %{content_type}', `https://${hostOf(service)}/favicon.ico`],
    ])
    return out.startsWith('200 image/') ? 'usable' : 'broken'
  }

  async function planOf(
    given: Case['abroad'] = {},
    controls: readonly string[] = [OWN_HOSTS.control],
  ): Promise<CheckPlan> {
    const targets = SERVICES.map(async (service) => ({
      service,
      name: service,
      document: `https://${hostOf(service)}/robots.txt`,
      image: `https://${hostOf(service)}/favicon.ico`,
      fresh_at_utc: new Date().toISOString(),
      abroad: service in given ? (given[service] ?? null) : await lookFromAbroad(service),
    }))
    return {
      format: 'kuager-check-plan/1',
      made_at_utc: new Date().toISOString(),
      network: 'AS64496',
      controls: controls.map((host) => ({ document: `https://${host}/reach`, image: `https://${host}/reach.png` })),
      timeout_ms: 3000,
      between_tries_ms: 1000,
      targets: await Promise.all(targets),
      others: [],
    }
  }

  const USABLE = { youtube: 'usable', facebook: 'usable', telegram: 'usable', whatsapp: 'usable' } as const

  /** Opens the page, and makes a check. The line changes after the page is there: on some there would be none. */
  async function check({
    abroad,
    controls,
    world: changes = [],
    censor = [],
  }: Omit<Case, 'it' | 'marks' | 'says'>): Promise<{
    readonly marks: Record<string, string>
    readonly sentence: string
    readonly lines: string
    readonly text: string
  }> {
    await world.applyChanges([])
    await world.applyCensor([])
    const isLine = changes.some(({ kind }) => LINES.includes(kind))
    if (!isLine) await world.applyChanges(changes)
    await world.applyCensor(censor)
    writeFileSync(planFile, JSON.stringify(await planOf(abroad, controls)))
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`https://${OWN_HOSTS.collector}/en/check`)
    const start = page.locator('[data-do=start]')
    await start.waitFor()
    if (isLine) {
      await world.applyChanges(changes)
      await world.applyCensor([])
    }
    await start.click()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 90_000 })
    const marks = await page
      .locator('[data-part=rows] > li')
      .evaluateAll((items) =>
        Object.fromEntries(
          items.map((item) => [item.getAttribute('data-service') ?? '', item.getAttribute('data-mark') ?? '']),
        ),
      )
    const [sentence, lines] = await Promise.all(
      ['sentence', 'lines'].map((part) => page.locator(`[data-part=${part}]`).innerText()),
    )
    const text = (await page.locator('[data-part=text]').textContent()) ?? ''
    await context.close()
    return { marks, sentence: sentence ?? '', lines: lines ?? '', text }
  }

  for (const one of CASES)
    it(one.it, async () => {
      const { marks, sentence, lines, text } = await check(one)
      assert.deepEqual(marks, one.marks, text)
      assert.match(sentence, one.says)
      if (one.lines !== undefined) assert.match(lines, one.lines)
    })

  for (const { it: line, world: changes } of POOR)
    it(`calls nothing blocked, and nothing slower than the rest, on a line ${line}`, async () => {
      const { marks, text } = await check({ abroad: USABLE, world: changes, controls: BOTH_CONTROLS })
      assert.ok(
        Object.values(marks).every((mark) => mark === 'open' || mark === 'unkn'),
        text,
      )
    })
})

/** Chromium on the subscriber's line. It trusts the laboratory's own certificates, and none that a censor makes. */
async function openBrowserInside(world: World): Promise<Browser> {
  const { subscriber } = world.places
  const path = join(world.folder, 'chromium')
  const quoted = subscriber.command([chromiumPath() ?? '']).map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  writeFileSync(path, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`)
  chmodSync(path, 0o755)
  const { byGroup, control, collector } = world.certificates
  // Not every certificate of the laboratory: the switch forgives a name that differs, and a provider's page is under its own.
  const services = SERVICES.flatMap((service) => byGroup.get(service) ?? [])
  const keys = [...services, control, collector].map(({ certificate }) => {
    const { publicKey } = new X509Certificate(readFileSync(certificate))
    return createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64')
  })
  const args = [...BROWSER_SWITCHES, `--ignore-certificate-errors-spki-list=${keys.join(',')}`]
  return chromium.launch({ executablePath: path, args })
}
