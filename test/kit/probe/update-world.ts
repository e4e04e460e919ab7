import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instant } from '../../../src/core/model/units.ts'
import { lookForUpdate, type Looked } from '../../../src/probe/update/look-for-update.ts'
import { folderSource, serverSource, type UpdateSource } from '../../../src/probe/update/update-source.ts'
import { makeRoleKeys, TestUpdates } from './update-folder.ts'

/** A server of updates that is asked directly. */
export const serverOfUpdates = (url: string): UpdateSource => serverSource(url, { kind: 'direct' }, [])

/** A program that starts, of a length that pieces of a download cut. */
export const workingProgram = (version: string): string =>
  `#!/bin/sh\n[ "$1" = --version ] && echo ${version}\nexit 0\n# ${version} ${'x'.repeat(5000)}\n`

/** A probe that looks for updates. */
export interface UpdateClient {
  readonly folder: string
  look(...sources: readonly (UpdateSource | TestUpdates)[]): Promise<Looked>
}

/** Folders of one test file, removed at its end. */
export class UpdateWorld {
  readonly #root = mkdtempSync(join(tmpdir(), 'kuager-update-'))
  #made = 0

  fresh(name: string): string {
    return join(this.#root, `${name}-${this.#made++}`)
  }

  remove(): void {
    rmSync(this.#root, { recursive: true })
  }

  /** A folder of updates with version 0.3.0. */
  async updates(keys = makeRoleKeys()): Promise<TestUpdates> {
    const made = new TestUpdates(this.fresh('updates'), keys)
    await made.root()
    await made.program('0.3.0', workingProgram('0.3.0'))
    return made
  }

  client(
    { builtRoot }: Pick<TestUpdates, 'builtRoot'>,
    { own = '0.2.0', fetches = true, folder = this.fresh('probe') } = {},
  ): UpdateClient {
    return {
      folder,
      look: (...sources) =>
        lookForUpdate({
          ...{ folder, own, fetches, builtRoot, system: 'linux-x64', env: {} },
          sources: sources.map((one) => (one instanceof TestUpdates ? folderSource(one.folder) : one)),
          now: instant(Date.now()),
          signal: new AbortController().signal,
        }),
    }
  }
}

/** That nothing was accepted, and why. */
export function assertRefused(looked: Looked, why: RegExp): void {
  assert.equal(looked.kind, 'failed', JSON.stringify(looked))
  assert.match(looked.kind === 'failed' ? (looked.reasons.at(-1)?.why ?? '') : '', why)
}

/** Names of the programs that a probe keeps. */
export function programsOf({ folder }: UpdateClient): readonly string[] {
  const programs = join(folder, 'updates', 'programs')
  return existsSync(programs) ? readdirSync(programs) : []
}
