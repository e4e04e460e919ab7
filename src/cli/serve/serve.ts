import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ALERT_HELP, ALERT_OPTIONS, readAlertOptions } from '../../app/observatory/alerts.ts'
import { COLLECTOR_OPTIONS, readCollectorOptions } from '../../app/folder/collector.ts'
import { defaultFolder } from '../../app/folder/open.ts'
import { serveObservatory, type ObservatoryOptions } from '../../app/observatory/serve.ts'
import { FRAME_HELP, FRAME_OPTIONS, readFrameOptions } from '../../app/web/frame.ts'
import { InputError } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import type { Command } from '../terminal/command.ts'

const HELP = `Serves the site and its JSON interface from a data folder, and takes the commands of other processes
on it.

Usage: kuager serve [options]

  --folder DIR      data folder (default KUAGER_FOLDER, else kuager-data)
  --port N          port to listen on (default 8420; 0 takes a free one)
  --host ADDRESS    address of this machine to listen on (default 127.0.0.1)
  --public          refuse a folder that holds any simulated measurement, and end when one is
                    brought in
  --networks FILE   table of networks on top of the bundled one; may be given several times. With
                    ranges of addresses it tells which network a probe sends from: without, no key
                    becomes known by itself

${FRAME_HELP}

Probes submit to the same address (docs/formats/collector.md):
  --no-collector        take no submissions
  --control URL         test helper that probes are told of; may be given several times (default:
                        none). It also looks twice an hour at what the check of a reader's browser
                        contacts, and answers its page (docs/formats/crowd-check.md); without one
                        nothing of that check is judged
  --no-canaries         controls look at nothing, and this server contacts none of them
  --list FILE           URLs offered to OONI's probes, in the CSV form of the Citizen Lab; may be
                        given several times
  --trusted-proxy CIDR  proxy whose x-forwarded-for is believed; may be given several times
  --rate N              submissions a second that one address may send for long (default 50)
  --strangers-per-day SIZE
                        what all senders that are neither known nor invited may add in one day, such
                        as 256M (default 256M, at most a sixteenth of the disk). The last gigabyte
                        of the disk, at most a fifth of it, is for known and invited keys
  --clock-is-right      accept measurements although the clock is behind times that are in the
                        archive. Without it the collector answers 503 until the clock has passed
                        them

${ALERT_HELP}

Incidents are detected as measurements come in. Nothing of a visitor is kept: no address, no cookie.
Stop it with Ctrl-C.
`

function parseOptions(args: readonly string[], world: World): ObservatoryOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      folder: { type: 'string' },
      port: { type: 'string', default: '8420' },
      host: { type: 'string', default: '127.0.0.1' },
      public: { type: 'boolean', default: false },
      networks: { type: 'string', multiple: true, default: [] },
      'no-collector': { type: 'boolean', default: false },
      'no-canaries': { type: 'boolean', default: false },
      ...FRAME_OPTIONS,
      ...COLLECTOR_OPTIONS,
      ...ALERT_OPTIONS,
    },
  })
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
  if (!(port <= 65535))
    throw new InputError(`Cannot read --port: found "${values.port}", expected a number up to 65535`, {
      code: 'argument.invalid',
      path: '--port',
      expected: 'a number from 0 to 65535',
    })
  const collector = readCollectorOptions(values, world)
  const networkFiles = values.networks.map((file) => resolve(world.cwd, file))
  return {
    folder: values.folder ?? defaultFolder(world),
    port,
    host: values.host,
    isPublic: values.public,
    networkFiles,
    frame: readFrameOptions(values, world),
    trustedProxies: values['trusted-proxy'],
    alerts: readAlertOptions(values, world),
    controls: values['no-canaries'] ? [] : collector.helpers,
    collector: values['no-collector'] ? undefined : { ...collector, networkFiles, realOnly: values.public },
  }
}

export const command: Command = {
  help: HELP,
  async run(args, world) {
    await serveObservatory(parseOptions(args, world), world)
    return 0
  },
}
