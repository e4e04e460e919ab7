import { serveObservatory } from '../../app/observatory/serve.ts'
import { leadPlace } from '../../app/lead/leading.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { serveReader } from '../../app/reader/serve-reader.ts'
import { defined } from '../../core/model/defined.ts'
import { task } from '../terminal/command.ts'
import { flag, optional } from '../terminal/option.ts'
import { FOLDER, HOST, loopbackPlace, networks, port, WAREHOUSE } from '../terminal/shared-options.ts'
import { SITE_OPTIONS, siteSettings } from '../terminal/site-options.ts'
import { ALERT_OPTIONS, alertSettings } from './alert-options.ts'
import { COLLECTOR_OPTIONS } from './collector-options.ts'
import { EDGE_OPTIONS, edgePlace, edgesSettings } from '../terminal/edge-options.ts'
import { JOIN_OPTIONS, joinSettings } from './join-options.ts'
import { SHIPPING_OPTIONS, shippingSettings } from '../terminal/shipping-options.ts'
import { READER_OPTIONS, readerSettings } from './reader-options.ts'
import { SUBSCRIPTION_OPTIONS, subscriptionSettings } from './subscription-options.ts'

export const command = task({
  about: `
Serve the site, the API and the collector. Other commands on the same data folder run through this server.`,
  examples: ['--folder /var/lib/kuager --origin https://kuager.example --public', '--folder data --port 9000'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    port: port(8420),
    host: HOST,
    metrics: optional(
      'ADDRESS:PORT',
      'Serve figures for Prometheus, /healthz and /readyz there too: an address that only this machine reaches.',
      { read: loopbackPlace },
    ),
    standby: flag(
      `Copy what the machine that signs ships to --archive-store, and take over when it is silent
(docs/operating/standby.md).`,
    ),
    public: flag('Refuse a folder that holds any simulated measurement, and stop when one is added.'),
    networks: networks(
      `Table of networks in addition to the bundled one. With ranges of addresses it tells
      which network a probe sends from. Without it: no key becomes known automatically.`,
    ),
    ...SITE_OPTIONS,
    ...COLLECTOR_OPTIONS,
    ...JOIN_OPTIONS,
    ...ALERT_OPTIONS,
    ...SUBSCRIPTION_OPTIONS,
    ...EDGE_OPTIONS,
    ...SHIPPING_OPTIONS,
    ...READER_OPTIONS,
  },
  notes: `
Incidents are detected as measurements arrive. Nothing about a visitor is stored: no address, no cookie. Stop it with
Ctrl-C.`,
  async run({ folder, port, host, public: isPublic, networks: networkFiles, ...values }, { world }) {
    const trustedProxies = values['trusted-proxy']
    const place = {
      ...{ folder, port, host, isPublic, networkFiles, trustedProxies },
      frame: siteSettings(values),
      ...defined({ operator: values.metrics }),
    }
    if (values['read-only']) {
      await serveReader({ ...place, ...readerSettings(values, world) }, world)
      return 0
    }
    const strangersPerDay = values['strangers-per-day']
    const collector = {
      ...defined({ strangersPerDay }),
      clockIsRight: values['clock-is-right'],
      helpers: values.control,
      listFiles: values.list,
      perSecond: values.rate,
      ...{ trustedProxies, networkFiles, realOnly: isPublic },
    }
    const shipping = shippingSettings(values, world)
    const lead = leadPlace(shipping, world.env)
    if (values.standby && lead?.objects === undefined)
      throw wrongOption('standby', 'there is nothing to copy from', '--archive-store or KUAGER_ARCHIVE_STORE')
    const options = {
      ...{ ...place, standby: values.standby },
      ...defined({
        edgePlace: edgePlace(values, world),
        ...{ shipping, lead },
      }),
      ...(values.edge.length === 0 ? {} : { edges: edgesSettings(values, world) }),
      join: joinSettings(values, { controls: values.control }),
      alerts: alertSettings(values),
      ...subscriptionSettings(values, world),
      controls: values['no-canaries'] ? [] : values.control,
      collector: values['no-collector'] ? undefined : collector,
    }
    await serveObservatory(options, world)
    return 0
  },
})
