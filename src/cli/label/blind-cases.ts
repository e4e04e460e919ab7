import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { readMeasurements } from '../../pipeline/import/read/measurements.ts'
import { judgeBytes, type JudgedBytes, type JudgeTools } from '../../pipeline/judge/judge-bytes.ts'
import type { World } from '../../runtime/world.ts'

/** Words that a reviewer gives, those of a verdict. */
export const LABELS = ['reachable', 'interfered', 'unreachable', 'inconclusive'] as const
export type ReviewLabel = (typeof LABELS)[number]

/** Every measurement of the named files that can be judged, each once. */
export async function judgedCases(
  files: readonly string[],
  { world, tools }: { readonly world: World; readonly tools: JudgeTools },
): Promise<readonly JudgedBytes[]> {
  const cases = new Map<string, JudgedBytes>()
  for (const named of files) {
    const path = resolve(world.cwd, named)
    if ((await stat(path).catch(() => undefined)) === undefined)
      throw new InputError(`Cannot read "${named}": there is no such file`, {
        code: 'file.unreadable',
        path: named,
        expected: 'a file or folder of measurements',
      })
    for await (const piece of readMeasurements(path, { signal: world.signal })) {
      if (piece.kind === 'reject') continue
      try {
        const judged = judgeBytes(piece.bytes, tools)
        if (judged.kind === 'judged') cases.set(judged.id, judged)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
      }
    }
  }
  return [...cases.values()]
}
