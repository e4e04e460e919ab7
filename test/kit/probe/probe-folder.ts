import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { World } from '../../../src/runtime/world.ts'
import { testWorld } from '../servers/world.ts'

/** Every file below a folder, by path within it, sorted; none where there is no folder. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}

export interface Spoken {
  readonly world: World
  readonly questions: readonly string[]
  /** All that was said. */
  said(): string
}

/**
 * A world in which a person at the terminal gives these answers; without a list nobody is there. Whatever a command would
 * write outside its folder goes below `cwd`.
 */
export function spokenWorld(cwd: string, answers?: readonly string[]): Spoken {
  let said = ''
  const questions: string[] = []
  const left = [...(answers ?? [])]
  const world: World = {
    ...testWorld(cwd, (text) => (said += text)),
    env: { XDG_CONFIG_HOME: join(cwd, 'config'), KUAGER_LANG: 'en' },
    ...(answers === undefined
      ? {}
      : {
          ask: (question: string) => {
            questions.push(question)
            return Promise.resolve(left.shift())
          },
        }),
  }
  return { world, questions, said: () => said }
}
