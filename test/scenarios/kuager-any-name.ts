import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

const NOTICE = '<html><head><title>Notice</title></head><body>Your balance has run out.</body></html>'

const page = (options: EndpointOptions) =>
  kuagerDocument({
    endpoints: [
      endpoint('www.youtube.com', options),
      endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] }),
    ],
  })

/** What lines, routers and servers do to any name, or once, or to one name for everybody: no interference. */
export const KUAGER_ANY_NAME: readonly Scenario[] = [
  {
    name: 'kuager: every host in cleartext brings one page, the innocent name at its own server too',
    measurement: page({
      plain: [
        { status: 403, body: NOTICE },
        { role: 'innocent', host: 'www.python.org', status: 403, body: NOTICE },
        { status: 403, body: NOTICE, round: 1 },
        { role: 'innocent', host: 'www.python.org', status: 403, body: NOTICE, address: '151.101.0.223' },
        { role: 'crossed', status: 403, body: NOTICE, address: '151.101.0.223' },
      ],
    }),
    kind: 'reachable',
  },
  { name: 'kuager: one reset in one round', measurement: page({ tls: ['+r+'] }), kind: 'inconclusive' },
  {
    name: 'kuager: resets as often of any name',
    measurement: page({ tls: ['+r+', 'rr+', 'rr+'] }),
    kind: 'inconclusive',
    mechanism: 'fault.congestion',
  },
  {
    name: 'kuager: one name is silent at its own server and passes at another, the control being down',
    measurement: page({ tls: ['+.+', '+.+'], crossed: '++', control: null }),
    kind: 'inconclusive',
    mechanism: 'tls.timeout',
  },
  {
    name: 'kuager: one name is reset at its own server and passes at another, the control being down',
    measurement: page({ tls: ['+r+', '+r+'], crossed: '++', control: null }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: a page cut off once',
    measurement: page({ page: 'connection_reset' }),
    kind: 'inconclusive',
    mechanism: 'http.reset',
  },
  {
    name: 'kuager: pages cut off under any name',
    measurement: page({
      pages: [
        { failure: 'connection_reset' },
        { role: 'innocent', host: 'www.python.org', failure: 'connection_reset' },
        { failure: 'connection_reset', round: 1 },
        { role: 'innocent', host: 'www.python.org', status: 404, round: 1 },
      ],
    }),
    kind: 'inconclusive',
  },
]
