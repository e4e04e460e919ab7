import { resolve } from 'node:path'
import { InputError } from '../../../core/model/errors.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { printable } from '../../../core/text/printable.ts'
import { parseRoute, type Route } from '../../../probe/deliver/route.ts'
import { mayCost, readMetered } from '../../../probe/line/metered.ts'
import { takeTurn } from '../../../probe/measure/turn.ts'
import { saveSettings } from '../../../probe/plan/settings.ts'
import { lookForUpdate, type Looked } from '../../../probe/update/look-for-update.ts'
import { folderSource, serverSource, type UpdateSource } from '../../../probe/update/update-source.ts'
import { failedProgram, loadUpdateState, saveUpdateState } from '../../../probe/update/update-state.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { packageVersion } from '../../../runtime/files/package-root.ts'
import type { World } from '../../../runtime/world.ts'
import { task } from '../../terminal/command.ts'
import { readAsked, someOptions, type Asked } from '../options.ts'
import { extraRoots } from '../run/setup.ts'
import { teller, type Tell } from '../tell.ts'
import { builtMirrors, downloadedProgram, PROGRAM_VARIABLE, updatable } from './built.ts'

export const command = task({
  about: `
Check for a newer version and install it. Its signatures are verified, and it is installed at the next start; if it
does not work, the current version stays. Updates from any source are accepted only if signed by the update keys.`,
  examples: ['', '--from /media/usb/updates'],
  options: someOptions('from', 'check', 'automatic', 'back', 'scheduled', 'collector', 'route', 'extra-roots'),
  exit: { 3: 'no valid answer, a new version that does not work here, or a program that something else updates' },
  async run(values, call) {
    const asked = await readAsked(values, call)
    const { world } = call
    const tell = teller(asked.lang, values.scheduled ? { ...world, out: { write: () => undefined } } : world)
    const found = updatable(world.env)
    if (found.kind !== 'one-file') {
      tell(`probe.update.${found.kind}`)
      return 3
    }
    if (values.automatic !== undefined) {
      await saveSettings(asked.folder, { ...asked.kept, autoUpdate: values.automatic === 'on' })
      tell(values.automatic === 'on' ? 'probe.update.automatic-on' : 'probe.update.automatic-off')
      return 0
    }
    if (values.back) return goBack(asked, tell)
    const taken = await takeTurn(asked.folder, 'update')
    if (taken.kind === 'taken') {
      tell('probe.update.busy')
      return 3
    }
    await using _turn = taken.turn
    const looked = await lookForUpdate({
      ...{ folder: asked.folder, builtRoot: found.builtRoot, system: found.system, own: packageVersion() },
      sources: sourcesOf(asked, values.from, world),
      // A new version is large; a schedule on a metered connection only says that it is there.
      fetches: !values.check && !(values.scheduled && mayCost(await readMetered(world.env), asked.settings.metered)),
      now: systemClock.now(),
      signal: world.signal,
      env: { ...world.env, [PROGRAM_VARIABLE]: downloadedProgram(world.env) },
    })
    return tellLook(looked, { asked, tell, world, quiet: values.scheduled })
  },
})

/** Carriers in the order in which they are asked: each address by each route. */
function sourcesOf(asked: Asked, from: readonly string[], world: World): readonly UpdateSource[] {
  const { settings } = asked
  const own = (settings.collector ?? []).map((url) => new URL('updates/', url.endsWith('/') ? url : `${url}/`).href)
  const places = from.length > 0 ? from : [...builtMirrors(), ...own]
  if (places.length === 0)
    throw new InputError('Cannot look for an update: no address is known', {
      code: 'update.no-source',
      path: '--from',
      expected: '"--from PATH|URL"',
    })
  const roots = extraRoots(asked)
  const routes = (settings.route ?? ['direct']).map(parseRoute)
  return places.flatMap((place) =>
    /^https?:\/\//i.test(place)
      ? routesTo(place, routes).map((route) => serverSource(place, route, roots))
      : [folderSource(resolve(world.cwd, place))],
  )
}

/**
 * The routes to an address, of those that were chosen. An onion service is reached through Tor or a SOCKS proxy only: asked
 * for directly, its name would reach the DNS server of the provider.
 */
export function routesTo(place: string, routes: readonly Route[]): readonly Route[] {
  if (URL.parse(place)?.hostname.endsWith('.onion') !== true) return routes
  const fit = routes.filter(({ kind }) => kind === 'tor' || kind === 'socks5')
  return fit.length > 0 ? fit : [{ kind: 'tor' }]
}

interface Telling {
  readonly asked: Asked
  readonly tell: Tell
  readonly world: World
  readonly quiet: boolean
}

function tellLook(looked: Looked, { asked: { lang }, tell, world, quiet }: Telling): number {
  const own = packageVersion()
  switch (looked.kind) {
    case 'current':
      tell('probe.update.current', { version: own })
      return 0
    case 'newer':
      tell('probe.update.newer', { version: looked.version, megabytes: formatNumber(lang, looked.bytes / 1e6) })
      return 0
    case 'ready':
      tell('probe.update.ready', { version: looked.version, own })
      return 0
    case 'unfit':
      tell('probe.update.unfit', { version: looked.version, own })
      if (!quiet) world.out.write(`  ${printable(looked.why)}\n`)
      return 3
    case 'failed':
      tell('probe.update.failed', { version: own })
      if (!quiet) for (const { source, why } of looked.reasons) world.out.write(`  ${printable(`${source}: ${why}`)}\n`)
      return 3
  }
}

/** Goes back by hand. The program that was downloaded does this itself, also where the version in use does not start. */
async function goBack({ folder }: Asked, tell: Tell): Promise<number> {
  const state = await loadUpdateState(folder)
  const program = state.trial ?? state.current
  if (program === undefined) {
    tell('probe.update.back-none')
    return 3
  }
  const after = failedProgram(state, program, 'its owner went back')
  await saveUpdateState(folder, after)
  tell('probe.update.back', { version: program.version, before: after.current?.version ?? packageVersion() })
  return 0
}
