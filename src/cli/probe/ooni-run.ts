import type { World } from '../../runtime/world.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { ooniRunDescriptor } from '../../core/text/ooni-run.ts'
import { readAsked } from './options.ts'

/** `kuager probe ooni-run`: prints a descriptor of OONI Run for tier A, which its owner uploads where OONI Run takes them. */
export async function runOoniRun(args: readonly string[], world: World): Promise<number> {
  const asked = await readAsked(args, world, { options: ['service-list'] })
  const descriptor = ooniRunDescriptor(loadServices(asked.settings.serviceList))
  world.out.write(`${JSON.stringify(descriptor, null, 2)}\n`)
  return 0
}
