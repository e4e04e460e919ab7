import { networkInterfaces } from 'node:os'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { checkServices } from '../../control/check/check-services.ts'
import { CHECK_LIMITS, readPlace, SOMEWHERE } from '../../control/check/place.ts'
import { openWeeklyCheck, type WeeklyCheck } from '../../control/check/weekly-check.ts'
import { openResolver, parseResolver } from '../../control/resolve-names.ts'
import { reachableAddresses } from '../../control/reachable-address.ts'
import { serveControl, type ServeControlOptions } from '../../control/serve-control.ts'
import { Destinations, MOST_PORTS } from '../../control/destinations.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { openAskedResponders, RESPONDER_OPTIONS } from './control-responders.ts'
import { task } from '../terminal/command.ts'
import { readPemFile, readRoots } from '../terminal/roots.ts'
import { flag, optional, repeatable, type OptionValues } from '../terminal/option.ts'
import { filePath, HOST, networks, port } from '../terminal/shared-options.ts'

/** Handshakes towards one address: several probes a second measure a popular service. */
const DESTINATION_LIMITS = { burst: 400, perSecond: 10, most: 20_000 } as const

const OPTIONS = {
  host: HOST,
  port: port(8422),
  'tls-cert': optional('FILE', 'Certificate chain in PEM, to serve HTTPS; with --tls-key.', { read: filePath }),
  'tls-key': optional('FILE', 'Its key in PEM.', { read: filePath }),
  proxied: flag('A proxy on this machine asks for others: the asker is the last address of X-Forwarded-For.'),
  resolver: optional(
    'URL',
    `udp://ADDRESS:PORT, https://HOST/PATH or https://HOST/PATH#ADDRESS. Without it: the resolvers that this machine uses
    are asked, and no others.`,
  ),
  networks: networks('Table of networks (start,end,asn,name,country).'),
  allow: repeatable(
    'BLOCK',
    `For test labs: addresses contacted although they are private or of this machine, such as 127.0.0.0/8. Never on a
    machine that third parties reach.`,
  ),
  'extra-roots': optional('FILE', "For test labs: certificates in PEM trusted in addition to Mozilla's.", {
    read: filePath,
  }),
  'check-services': optional(
    'FILE',
    `Once a week, looks at every host of the bundled list of services as "kuager services check" does, those of VPN
    services and news sites among them. The result is kept in FILE and answered at /x-services. Off by default.`,
    { read: filePath },
  ),
  'check-from': optional('TEXT', 'Where this is, such as a country, for that result. Never an address.', {
    read: (text) => readPlace(text, 'check-from'),
  }),
  ...RESPONDER_OPTIONS,
}

async function readCertificate(
  cert: string | undefined,
  key: string | undefined,
): Promise<Pick<ServeControlOptions, 'certificate'>> {
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined || key === undefined)
    throw wrongOption('tls-cert', 'one of two files', '--tls-cert and --tls-key')
  return { certificate: { cert: await readPemFile(cert, 'tls-cert'), key: await readPemFile(key, 'tls-key') } }
}

async function readSettings(values: OptionValues<typeof OPTIONS>): Promise<ServeControlOptions> {
  const own = Object.values(networkInterfaces())
    .flatMap((of) => of ?? [])
    .map(({ address }) => address)
  const roots = values['extra-roots']
  return {
    clock: systemClock,
    host: values.host,
    port: values.port,
    proxied: values.proxied,
    ...(await readCertificate(values['tls-cert'], values['tls-key'])),
    resolve: openResolver(parseResolver(values.resolver)),
    reachable: reachableAddresses({ allow: values.allow, own }),
    networks: loadNetworks(values.networks),
    extraRoots: roots === undefined ? [] : await readRoots(roots),
    destinations: new Destinations(
      { ...DESTINATION_LIMITS, mostPorts: values.allow.length === 0 ? MOST_PORTS : Infinity },
      systemClock,
    ),
    log: openLog({ level: 'warn' }),
  }
}

export const command = task({
  about: `
Run a control server on an uncensored network abroad.

It makes the same measurement as a probe at the same time. It speaks the protocol of OONI's test helper at any path,
so OONI's probes can use it, with pairs of names as an extension for Kuager's probes (docs/formats/control.md). It
answers pages at /reach and /reach.png, so that a check in a reader's browser can distinguish a fault of its own
connection from a block. It contacts only public addresses that a request names or that the resolver gives for it. It
stores nothing of a request and logs neither addresses nor URLs.`,
  examples: ['--port 8422 --proxied', '--vpn --vpn-address 203.0.113.7'],
  options: OPTIONS,
  async run(values, { world }) {
    const options = await readSettings(values)
    const { allow } = values
    if (allow.length > 0)
      world.err.write(
        `kuager: TEST LAB: this control also contacts ${allow.join(', ')}. Anyone who reaches it reaches those addresses.\n`,
      )
    if (options.extraRoots.length > 0)
      world.err.write('kuager: TEST LAB: this control trusts certificates in addition to Mozilla’s.\n')
    await using responders = await openAskedResponders(values, options.host, world.signal)
    await using weekly = await openAskedCheck(values, options)
    await using control = await serveControl({
      ...options,
      ...defined({ responders: responders?.describe, servicesCheck: weekly?.latest }),
    })
    world.out.write(`Kuager’s control is open at ${control.url}\n`)
    if (responders !== undefined) world.out.write(`Its responders are described at ${control.url}x-responders\n`)
    if (weekly !== undefined)
      world.out.write(`It checks the hosts of the list of services once a week: ${control.url}x-services\n`)
    await untilAborted(world.signal)
    return 0
  },
})

/** The weekly check of the list, where the operator asked for it. */
async function openAskedCheck(
  { 'check-services': file, 'check-from': from = SOMEWHERE }: OptionValues<typeof OPTIONS>,
  { clock, resolve, reachable, extraRoots, log }: ServeControlOptions,
): Promise<WeeklyCheck | undefined> {
  if (file === undefined) return undefined
  const services = loadServices()
  return openWeeklyCheck({
    ...{ file, clock },
    check: (day, ended) => {
      const signal = AbortSignal.any([ended, AbortSignal.timeout(CHECK_LIMITS.whole)])
      const net = { clock, signal, limit: CHECK_LIMITS.one, extraRoots }
      return checkServices(services, { from, day, resolve, reachable, net })
    },
    onProblem: (problem) => log.warn({ problem }, 'the list of services could not be checked'),
  })
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
