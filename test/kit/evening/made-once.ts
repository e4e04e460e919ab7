import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Variable in which `npm test` names a folder for what is made once and only read by several files. */
export const SHARED_WORLDS = 'KUAGER_TEST_WORLDS'

/** Makes a folder that several processes use: the first one makes it, the others wait. It appears when it is whole. */
export async function madeOnce(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const making = `${folder}.making`
  while (!existsSync(folder))
    try {
      await mkdir(making)
      // Another process may have finished between the two looks.
      if (existsSync(folder)) return await rm(making, { recursive: true })
      await make(making).catch(async (error: unknown) => {
        await rm(making, { recursive: true })
        throw error
      })
      await rename(making, folder)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      await pause(100)
    }
}
