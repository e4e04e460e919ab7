import type { World } from '../../runtime/world.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { ooniRunDescriptor } from '../../core/text/ooni-run.ts'
import { task } from '../terminal/command.ts'
import { readAsked, someOptions, type Asked } from './options.ts'

export const command = task({
  about: "Print a descriptor for OONI's app on a phone. It contains tier A.",
  examples: [''],
  options: someOptions('service-list'),
  run: async (values, call) => runOoniRun(await readAsked(values, call), call.world),
})

/** prints a descriptor of OONI Run for tier A, which its owner uploads where OONI Run takes them. */
async function runOoniRun(asked: Asked, world: World): Promise<number> {
  const descriptor = ooniRunDescriptor(loadServices(asked.settings.serviceList))
  world.out.write(`${JSON.stringify(descriptor, null, 2)}\n`)
  return 0
}
