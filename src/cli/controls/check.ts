import { join } from 'node:path'
import { millis } from '../../core/model/units.ts'
import { checkControlNames, isUnfit, leaving, withLeft } from '../../control/check/check-names.ts'
import { openResolver, parseResolver } from '../../control/resolve-names.ts'
import { systemClock } from '../../runtime/clock.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { PACKAGE_ROOT, readPackaged } from '../../runtime/files/package-root.ts'
import { loadControls, loadProviders } from '../../runtime/tables/measured-lists.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { MAX_TABLE_BYTES } from '../../runtime/tables/table-file.ts'
import { task } from '../terminal/command.ts'
import { flag, optional } from '../terminal/option.ts'
import { filePath, networks } from '../terminal/shared-options.ts'

const LIMIT = millis(5_000)

export const command = task({
  about: `
Check that control names are still at their providers. Each name is resolved, and its addresses are compared with
those of the listed provider. Only resolvers are contacted. A name that moved or has no address is no longer drawn:
--out writes the list with the day on which it left.

Run it on a server with an unrestricted connection abroad.`,
  examples: ['--out controls.json'],
  options: {
    controls: optional('FILE', 'Another list of controls.', { read: filePath }),
    out: optional('FILE', 'Writes the list there as it should be; without it nothing is written.', { read: filePath }),
    json: flag('Prints the result as JSON.'),
    resolver: optional('URL', 'udp://ADDRESS:PORT or https://HOST/PATH. Without it: the resolvers of this machine.'),
    networks: networks('Table of networks (start,end,asn,name,country). Without it the listed blocks decide.'),
  },
  exit: {
    0: 'every name that could be checked is at its provider',
    3: 'names moved or are gone, or this connection is unfit for checking',
  },
  async run(values, { world }) {
    const file = values.controls ?? join(PACKAGE_ROOT, 'data', 'controls.json')
    const known = loadNetworks(values.networks)
    const checked = await checkControlNames(loadControls(file), {
      resolve: openResolver(parseResolver(values.resolver)),
      net: { clock: systemClock, signal: world.signal, limit: LIMIT },
      lookup: (address) => known.lookup(address),
      providers: loadProviders(),
    })
    if (isUnfit(checked)) {
      world.err.write(
        'kuager: most names did not resolve. This connection is restricted, or down: nothing is proposed.\n',
      )
      return 3
    }
    const gone = leaving(checked)
    if (values.out !== undefined) {
      const list = JSON.parse(readPackaged(file, MAX_TABLE_BYTES).toString('utf8')) as ReturnType<typeof loadControls>
      const day = new Date(systemClock.now()).toISOString().slice(0, 10)
      const next = { ...list, innocent: withLeft(list.innocent, checked, day) }
      await writeDurable(values.out, Buffer.from(`${JSON.stringify(next, null, 2)}\n`))
    }
    if (values.json) world.out.write(`${JSON.stringify({ checked })}\n`)
    else {
      for (const { host, provider = 'own network', found } of checked)
        if (found !== 'there') world.out.write(`${found.padEnd(11)} ${host}  ${provider}\n`)
      world.out.write(`Of ${checked.length} names ${gone.length} leave the draw.\n`)
    }
    return gone.length > 0 ? 3 : 0
  },
})
