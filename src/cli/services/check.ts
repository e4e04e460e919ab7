import { networkInterfaces } from 'node:os'
import { checkServices } from '../../control/check/check-services.ts'
import { CHECK_LIMITS, readPlace, SOMEWHERE } from '../../control/check/place.ts'
import { openResolver, parseResolver } from '../../control/resolve-names.ts'
import { reachableAddresses } from '../../control/reachable-address.ts'
import { systemClock } from '../../runtime/clock.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { task } from '../terminal/command.ts'
import { flag, optional, repeatable } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'
import { readRoots } from '../terminal/roots.ts'

export const command = task({
  about: `
Check which listed hosts are alive, from abroad. Each name is resolved, connected to and greeted as its row defines
success. Hosts without an address, closed or unresponsive hosts, other certificates and redirects elsewhere are
listed. Proposals for the list are written as JSON (docs/formats/measured-lists.md); the list itself stays as it is.

Run it on a server with an unrestricted connection abroad. It contacts the hosts of all groups, VPN services and news
sites among them: never run it on a connection in the country that is measured.`,
  examples: ['--from Germany --out services-check.json'],
  options: {
    'service-list': optional('FILE', 'Another list of services.', { read: filePath }),
    from: optional('TEXT', 'Where this is, such as a country: it is written into the proposals. Never an address.', {
      read: (text) => readPlace(text, 'from'),
    }),
    out: optional('FILE', 'Writes the proposals there; without it nothing is written.', { read: filePath }),
    json: flag('Prints the result as JSON.'),
    resolver: optional('URL', 'udp://ADDRESS:PORT or https://HOST/PATH. Without it: the resolvers of this machine.'),
    allow: repeatable('BLOCK', 'For test labs: addresses contacted although they are private, such as 127.0.0.0/8.'),
    'plain-port': optional('PORT', 'For test labs: the port of cleartext, 80 elsewhere.', { read: Number }),
    'extra-roots': optional('FILE', "For test labs: certificates in PEM trusted in addition to Mozilla's.", {
      read: filePath,
    }),
  },
  exit: {
    0: 'every host that could be checked is alive and unmoved',
    3: 'hosts moved or failed, or this connection is unfit for checking',
  },
  async run(values, { world }) {
    const services = loadServices(values['service-list'])
    const roots = values['extra-roots']
    const own = Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address))
    const result = await checkServices(services, {
      from: values.from ?? SOMEWHERE,
      day: new Date(systemClock.now()).toISOString().slice(0, 10),
      resolve: openResolver(parseResolver(values.resolver)),
      reachable: reachableAddresses({ allow: values.allow, own }),
      ...(values['plain-port'] === undefined ? {} : { plainPort: values['plain-port'] }),
      net: {
        clock: systemClock,
        signal: AbortSignal.any([world.signal, AbortSignal.timeout(CHECK_LIMITS.whole)]),
        limit: CHECK_LIMITS.one,
        extraRoots: roots === undefined ? [] : await readRoots(roots),
      },
    })
    if (result.kind === 'unfit') {
      world.err.write(
        `kuager: ${result.failed} of ${result.hosts} hosts failed. This connection is restricted, or down: nothing is proposed.\n`,
      )
      return 3
    }
    const { check } = result
    if (values.out !== undefined) await writeDurable(values.out, Buffer.from(`${JSON.stringify(check, null, 2)}\n`))
    if (values.json) world.out.write(`${JSON.stringify(check)}\n`)
    else {
      for (const { service, host, port, found, to, note } of check.rows)
        world.out.write(
          `${found.padEnd(12)} ${service}  ${host}:${port}  ${note}${to === undefined ? '' : `: ${to}`}\n`,
        )
      world.out.write(
        `Of ${check.hosts} hosts ${check.alive} are alive, ${check.unchecked} could not be checked from here. List of ${check.list_day}.\n`,
      )
    }
    return check.rows.some(({ found }) => found !== 'alive') ? 3 : 0
  },
})
