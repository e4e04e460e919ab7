import {
  goBack,
  isWayBackOpen,
  planUpgrade,
  upgrade,
  type PlannedStore,
  type UpgradePlan,
} from '../../app/upgrade/upgrade.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { FOLDER, json } from '../terminal/shared-options.ts'

export const command = task({
  about: `
Bring a data folder to the formats of this program. The folder of a letter service works too. A server does the same
when it starts; this command does it while no one waits, and says beforehand what it will do.`,
  examples: ['--check --folder /var/lib/kuager', '--folder /var/lib/kuager'],
  options: {
    folder: FOLDER,
    check:
      flag(`Only say, for each store, its version, what an upgrade does, how long it takes, how much disk it needs, and
    whether the program before this one can be installed again. Nothing is changed; a server may run.`),
    back: flag(`Make the folder ready for the program before this one, which is installed afterwards. What is derived and
    unknown to it is deleted; nothing that was received, published or told by people.`),
    json: json(),
  },
  notes: `
Stop the server first, except for --check. Make a backup first: docs/operating/upgrade.md.`,
  exit: { 3: 'with --check: a newer program wrote the folder' },
  async run({ folder, check, back, json }, { world }) {
    if (check && back) throw wrongOption('back', 'found with --check', 'one of the two')
    if (back) {
      const { plan, deleted } = await goBack(world, folder)
      if (json) world.out.write(`${JSON.stringify({ program: plan.former, deleted })}\n`)
      else {
        for (const name of deleted) world.out.write(`deleted: ${name}, which ${plan.program} makes again\n`)
        world.out.write(`The folder is ready for ${plan.former}: install it before a server starts.\n`)
      }
      return 0
    }
    const plan = check
      ? await planUpgrade(world, folder)
      : await upgrade(world, folder, (word) => world.err.write(word))
    if (json) world.out.write(`${JSON.stringify(wire(plan))}\n`)
    else tell(plan, world, { done: !check })
    return plan.stores.some(({ step }) => step === 'newer') ? 3 : 0
  },
})

const wire = (plan: UpgradePlan): unknown => ({
  ...{ program: plan.program, former: plan.former, way_back: isWayBackOpen(plan) },
  stores: plan.stores.map(({ name, where, found, writes, step, seconds, space, back }) => ({
    ...{ name, where, found: found ?? null, writes, step, seconds, bytes: space, back },
  })),
})

const STEPS = {
  nothing: 'nothing',
  tables: 'its tables are changed in one transaction',
  ids: 'its ids are sorted, once',
  newer: 'nothing: a NEWER program wrote it',
  elsewhere: 'not asked: its tables are changed when a server starts',
} as const satisfies Record<PlannedStore['step'], string>

const WAYS = {
  open: 'reads it',
  rebuild: 'makes it again, after --back',
  ignored: 'does not know it, and leaves it',
  closed: 'REFUSES it',
} as const satisfies Record<PlannedStore['back'], string>

function wayTo({ back, hidden }: Pick<PlannedStore, 'back' | 'hidden'>): string {
  return hidden === undefined ? WAYS[back] : `does NOT FIND ${hidden.what}; before --back: ${hidden.todo}`
}

function tell(plan: UpgradePlan, world: World, { done }: { readonly done: boolean }): void {
  for (const store of plan.stores) {
    const { name, where, found, writes, step, seconds, space } = store
    const cost = seconds === 0 ? '' : `; at most ${seconds} s and ${Math.ceil(space / 2 ** 20)} MiB of disk`
    const lines = [
      `${name.padEnd(14)}version ${found ?? '?'} (${where}); ${plan.program} writes ${writes}`,
      `${done && step !== 'nothing' ? 'done' : 'upgrade'}: ${STEPS[step]}${cost}`,
      `${plan.former}: ${wayTo(store)}`,
    ]
    world.out.write(`${lines.join(`\n${' '.repeat(14)}`)}\n`)
  }
  const steps = plan.stores.filter(({ step }) => step === 'tables' || step === 'ids').length
  const way = isWayBackOpen(plan)
    ? `The way back to ${plan.former} is open: "kuager upgrade --back", then install it.`
    : plan.stores.every(({ back, hidden }) => back !== 'closed' || hidden !== undefined)
      ? `The way back to ${plan.former} is closed until what it does not find is where it looks.`
      : `The way back to ${plan.former} is closed: only a backup made before leads there.`
  world.out.write(`${steps === 0 ? 'Nothing to do.' : done ? 'Done.' : `${steps} to do: "kuager upgrade".`} ${way}\n`)
}
