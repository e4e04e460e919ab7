import { parseArgs } from 'node:util'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { FOLDER_OPTIONS, letterOf, withService } from '../../app/letter/task.ts'

/** Ends the signing of a letter before its last day; what waits is counted first. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...FOLDER_OPTIONS, sure: { type: 'string' } },
  })
  return withService(world, { ...values, part: 'close', args }, async (service) => {
    const desk = await service.desk()
    const { letter } = letterOf(desk, positionals[0])
    if (values.sure !== letter.id)
      throw wrongOption('sure', 'what is closed is never opened again', `--sure ${letter.id}, to end the signing now`)
    await desk.close(letter.id)
    world.out.write(`Letter "${letter.id}" takes no signatures any more; the log says so\n`)
    return 0
  })
}
