import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Json } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'

const FORGED = '185.22.64.10'
const AT_HOME = '192.168.1.1'
const PUBLIC = '9.9.9.9:53'
/** The line's resolver and another of the same network, which answers in place of a public one. */
const REDIRECTED = {
  invented_answered: false,
  system_asns: [9198],
  listed: [{ resolver_address: PUBLIC, asn: 9198, differs: true }],
}
const DEAD_ABROAD = { dns: 'dns_name_error', http: 'dns_lookup_error', addresses: [], tls: '--' }

/** A name that exists for nobody abroad, and that the line's resolver answers. */
const deadName = (options: EndpointOptions = {}, resolvers: Json | undefined = REDIRECTED): Json =>
  kuagerDocument({
    endpoints: [
      endpoint('www.youtube.com', {
        system: [FORGED],
        listed: [FORGED],
        doh: 'dns_nxdomain_error',
        tcp: { [FORGED]: 'generic_timeout_error' },
        control: DEAD_ABROAD,
        ...options,
      }),
    ],
    ...(resolvers && { resolvers }),
  })

/** The first holds all that the rule asks for; each of the others lacks one thing. */
export const KUAGER_DEAD_NAME: readonly Scenario[] = [
  {
    name: 'kuager: a second resolver of the provider gives the same address for a name that exists nowhere else',
    measurement: deadName(),
    kind: 'interfered',
    rule: 'dns.second-resolver-for-dead-name',
    mechanism: 'dns.forged',
  },
  ...(
    [
      ['nothing is known of the resolvers, as in older measurements', {}, {}],
      [
        'it is not known whether the resolver answers for made-up names',
        {},
        { ...REDIRECTED, invented_answered: null },
      ],
      ['the resolver gives an address for made-up names too', {}, { ...REDIRECTED, invented_answered: true }],
      ['the line’s resolver is in another network', {}, { ...REDIRECTED, system_asns: [9198, 13335] }],
      ['the network of the line’s resolver is not known', {}, { ...REDIRECTED, system_asns: [] }],
      [
        'the public resolver was reached',
        {},
        { ...REDIRECTED, listed: [{ resolver_address: PUBLIC, asn: 19281, differs: true }] },
      ],
      [
        'both questions were answered by one resolver',
        {},
        { ...REDIRECTED, listed: [{ resolver_address: PUBLIC, asn: 9198, differs: false }] },
      ],
      [
        'another public resolver was answered for by the provider',
        {},
        { ...REDIRECTED, listed: [{ resolver_address: '1.1.1.1:53', asn: 9198, differs: true }] },
      ],
      ['the second resolver gives another address', { listed: ['185.22.64.77'] }, REDIRECTED],
      ['the second resolver denies the name', { listed: 'dns_nxdomain_error' }, REDIRECTED],
      ['the line’s resolver denies the name to a packet', { udp: 'dns_nxdomain_error' }, REDIRECTED],
      [
        'the answer is the address of a router at home',
        { system: [AT_HOME], listed: [AT_HOME], tcp: {}, tls: null },
        REDIRECTED,
      ],
      ['no public resolver was asked', { listed: undefined }, REDIRECTED],
      ['no encrypted resolver was asked', { doh: null }, REDIRECTED],
      ['the encrypted resolver did not answer', { doh: 'generic_timeout_error' }, REDIRECTED],
      [
        'the control could not resolve for another reason',
        { control: { ...DEAD_ABROAD, dns: 'dns_server_failure' } },
        REDIRECTED,
      ],
      ['no control answered', { control: null }, REDIRECTED],
    ] as const
  ).map(([why, options, resolvers]): Scenario => ({
    name: `kuager: an answer for a dead name is no interference: ${why}`,
    measurement: deadName(options as EndpointOptions, resolvers),
    kind: 'inconclusive',
  })),
  {
    name: 'kuager: an answer for a dead name is no interference: a handshake at the address proves the name',
    measurement: deadName({ tcp: {}, tls: ['+++'] }),
    kind: 'reachable',
  },
]
