import { InputError } from '../../core/model/errors.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import {
  TARGET_FILE,
  badBackup,
  manifestKey,
  manifestSumKey,
  backupPieceKey,
  hexSha256,
  type BackupPiece,
} from './format.ts'
import { listGenerations, readIndex, readTargetObject, readSealedPiece, ownerOfTarget } from './target.ts'

export interface CheckedTarget {
  readonly generations: number
  readonly pieces: number
  readonly bytes: number
  /** Sentences, each with the object that it is about. */
  readonly wrong: readonly { readonly key: string; readonly sentence: string }[]
}

/**
 * Reads every piece that a generation of a target needs and compares it with the hash in the lists of pieces. Needs no
 * key. What was changed together with its list, only a restore finds.
 */
export async function checkTarget(
  objects: ObjectStore,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress?: (bytes: number) => void },
): Promise<CheckedTarget> {
  const wrong: { readonly key: string; readonly sentence: string }[] = []
  const look = async <T>(key: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      wrong.push({ key, sentence: error.message })
      return undefined
    }
  }
  const of = await look(TARGET_FILE, async () => {
    const found = await ownerOfTarget(objects)
    if (found === undefined) throw badBackup(TARGET_FILE, 'it is missing')
    return found
  })
  const all = await listGenerations(objects)
  // The hash is written right before the manifest: a backup that was interrupted has neither, except by rare chance.
  for (const { number, manifest, sum } of all)
    if (manifest === undefined && sum !== undefined)
      wrong.push({ key: manifestKey(number), sentence: badBackup(manifestKey(number), 'it is missing').message })
  const whole = all.filter(({ manifest }) => manifest !== undefined)
  const pieces = new Map<string, BackupPiece>()
  const replaced = new Map<string, string>()
  for (const { number, indexes, manifest, sum } of whole) {
    const [key, sumKey] = [manifest!, sum ?? manifestSumKey(number)] // whole
    await look(key, async () => {
      const noted = (await readTargetObject(objects, sumKey)).toString('utf8')
      if (noted !== `${hexSha256(await readTargetObject(objects, key))}\n`)
        throw badBackup(key, `its hash is not that of "${sumKey}"`)
    })
    if (indexes.length === 0) wrong.push({ key, sentence: `Generation ${number} has no list of pieces` })
    for (const list of indexes) {
      const index = await look(list, () => readIndex(objects, list))
      if (index !== undefined && of !== undefined && index.of !== of)
        wrong.push({ key: TARGET_FILE, sentence: badBackup(TARGET_FILE, 'it is of another folder').message })
      for (const [name, piece] of index?.pieces ?? []) pieces.set(name, piece)
      for (const [old, by] of index?.replaced ?? []) replaced.set(old, by)
    }
  }
  let bytes = 0
  const needed = [...pieces].filter(([name]) => !replaced.has(name))
  for (const [name, piece] of needed) {
    signal.throwIfAborted()
    const found = await look(backupPieceKey(name), () => readSealedPiece(objects, name, piece))
    bytes += found?.length ?? 0
    onProgress?.(found?.length ?? 0)
  }
  return { generations: whole.length, pieces: needed.length, bytes, wrong }
}
