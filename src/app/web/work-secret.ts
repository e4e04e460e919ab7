import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'

/**
 * `KUAGER_WORK_SECRET`: a benchmark makes its challenges itself, so that it need not spend a quarter of a second on
 * each. Throws InputError on a public server: a person who knows the secret pays nothing.
 */
export function workSecret(env: World['env'], isPublic: boolean): { readonly secret?: string } {
  const secret = env['KUAGER_WORK_SECRET']
  if (secret === undefined || secret === '') return {}
  if (isPublic || secret.length < FEWEST)
    throw new InputError(
      isPublic
        ? 'Cannot serve in public: KUAGER_WORK_SECRET is set, which is for benchmarks'
        : 'Cannot use KUAGER_WORK_SECRET: it is too short',
      {
        code: 'work.secret',
        path: 'KUAGER_WORK_SECRET',
        expected: isPublic ? 'no such variable' : `at least ${FEWEST} characters`,
      },
    )
  return { secret }
}

const FEWEST = 32
