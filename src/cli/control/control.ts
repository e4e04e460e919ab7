import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { X509Certificate } from 'node:crypto'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { openResolver, parseResolver } from '../../control/resolve-names.ts'
import { reachableAddresses } from '../../control/reachable-address.ts'
import { serveControl, type ServeControlOptions } from '../../control/serve-control.ts'
import { Destinations, MOST_PORTS } from '../../control/destinations.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import {
  openAskedResponders,
  readPort,
  RESPONDER_HELP,
  RESPONDER_OPTIONS,
  type ResponderValues,
} from './control-responders.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'

const HELP = `Runs a control: a helper abroad that makes the same measurement from a clean vantage.

Usage: kuager control [--host 127.0.0.1] [--port 8422] [--tls-cert FILE --tls-key FILE]
                      [--resolver URL]

Answers pages at /reach and /reach.png, so that a check in a reader's browser can tell its own line
from a block. Speaks OONI's test helper protocol at any path, so that OONI's own probes can use it,
with pairs of names as an extension for ours (docs/formats/control.md). It contacts public addresses
only, and only those that a request names or that the resolver gives for it; it keeps nothing of a
request and logs neither addresses nor URLs.

  --host ADDRESS       address to listen on (127.0.0.1)
  --port N             port to listen on (8422); 0 takes a free one
  --tls-cert FILE      certificate chain in PEM, to serve HTTPS; with --tls-key
  --tls-key FILE       its key in PEM
  --proxied            a proxy on this machine asks for others: the asker is the last address of
                       X-Forwarded-For
  --resolver URL       udp://ADDRESS:PORT, https://HOST/PATH or https://HOST/PATH#ADDRESS; without
                       it the resolvers that this machine uses are asked, and nobody else is
  --networks FILE      table of networks (start,end,asn,name,country); may be given more than once
  --allow BLOCK        laboratory: addresses contacted although they are private or this machine's,
                       such as 127.0.0.0/8; may be given more than once. Never on a machine that
                       strangers reach
  --extra-roots FILE   laboratory: certificates in PEM trusted besides Mozilla's

${RESPONDER_HELP}`

/** Handshakes towards one address: several probes a second measure a popular service. */
const DESTINATION_LIMITS = { burst: 400, perSecond: 10, most: 20_000 } as const

interface Values {
  readonly options: ServeControlOptions
  readonly allow: readonly string[]
  readonly responders: ResponderValues
}

/** Certificates of a file of PEM, each alone. Throws InputError where there is none. */
async function readRoots(file: string): Promise<readonly string[]> {
  const found = (await readPem(file, 'extra-roots')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  try {
    for (const pem of found ?? []) void new X509Certificate(pem)
  } catch {
    throw wrongOption('extra-roots', 'a certificate that cannot be read', 'certificates in PEM')
  }
  if (found === null) throw wrongOption('extra-roots', 'no certificate', 'certificates in PEM')
  return found
}

async function readPem(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw wrongOption(option, 'a file that cannot be read', 'a readable file')
  }
}

async function readCertificate(
  cert: string | undefined,
  key: string | undefined,
): Promise<Pick<ServeControlOptions, 'certificate'>> {
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined || key === undefined)
    throw wrongOption('tls-cert', 'one of two files', '--tls-cert and --tls-key')
  return { certificate: { cert: await readPem(cert, 'tls-cert'), key: await readPem(key, 'tls-key') } }
}

async function parseOptions(args: readonly string[], world: World): Promise<Values> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8422' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      proxied: { type: 'boolean', default: false },
      resolver: { type: 'string' },
      networks: { type: 'string', multiple: true, default: [] },
      allow: { type: 'string', multiple: true, default: [] },
      'extra-roots': { type: 'string' },
      ...RESPONDER_OPTIONS,
    },
  })
  const file = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : resolve(world.cwd, name)
  const own = Object.values(networkInterfaces())
    .flatMap((of) => of ?? [])
    .map(({ address }) => address)
  const roots = file(values['extra-roots'])
  const options: ServeControlOptions = {
    clock: systemClock,
    host: values.host,
    port: readPort(values.port, 'port'),
    proxied: values.proxied,
    ...(await readCertificate(file(values['tls-cert']), file(values['tls-key']))),
    resolve: openResolver(parseResolver(values.resolver)),
    reachable: reachableAddresses({ allow: values.allow, own }),
    networks: loadNetworks(values.networks.map((name) => resolve(world.cwd, name))),
    extraRoots: roots === undefined ? [] : await readRoots(roots),
    destinations: new Destinations(
      { ...DESTINATION_LIMITS, mostPorts: values.allow.length === 0 ? MOST_PORTS : Infinity },
      systemClock,
    ),
    log: openLog({ level: 'warn' }),
  }
  return { options, allow: values.allow, responders: values }
}

export const command: Command = {
  help: HELP,
  async run(args, world) {
    const { options, allow, responders: asked } = await parseOptions(args, world)
    if (allow.length > 0)
      world.err.write(
        `kuager: LABORATORY: this control also contacts ${allow.join(', ')}. Whoever reaches it reaches those addresses.\n`,
      )
    if (options.extraRoots.length > 0)
      world.err.write('kuager: LABORATORY: this control trusts certificates besides Mozilla’s.\n')
    await using responders = await openAskedResponders(asked, options.host, world)
    await using control = await serveControl({
      ...options,
      ...defined({ responders: responders?.describe }),
    })
    world.out.write(`Kuager’s control is open at ${control.url}\n`)
    if (responders !== undefined) world.out.write(`Its responders are described at ${control.url}x-responders\n`)
    await untilAborted(world.signal)
    return 0
  },
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
