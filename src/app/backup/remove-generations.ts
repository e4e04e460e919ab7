import { DAY_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { backupPieceKey, type Index } from './format.ts'
import { listGenerations, listBackupPieces, readIndex } from './target.ts'

export interface Removing {
  /** Newest generations that stay. */
  readonly keep: number
  /** Also removes pieces that no generation names, which an interrupted backup left: no backup may run meanwhile. */
  readonly orphans?: boolean
}

export interface Removed {
  readonly generations: number
  readonly pieces: number
}

/**
 * Removes generations beyond the newest ones, and the pieces that only they needed or that were replaced. First the
 * manifest, then the pieces, last the list of them: where this is interrupted, the next one finishes it.
 */
export async function removeGenerations(objects: ObjectStore, { keep, orphans }: Removing): Promise<Removed> {
  const all = await listGenerations(objects)
  const whole = all.filter(({ manifest }) => manifest !== undefined)
  const newest = whole.at(-1)?.number ?? 0
  const kept = new Set(whole.slice(-keep).map(({ number }) => number))
  const needed = new Set<string>()
  const candidates = new Set<string>()
  const indexes = new Map<string, Index>()
  for (const { number, indexes: keys } of all) {
    if (kept.has(number) && keys.length === 0)
      throw new Fault(
        `Cannot remove old backups in "${objects.name}": the list of pieces of generation ${number} is missing`,
      )
    for (const key of keys) indexes.set(key, await readIndex(objects, key))
  }
  // Only what a whole generation replaced: a restore does not read the list of one that was interrupted.
  const lists = whole.flatMap(({ indexes: keys }) => keys)
  const replaced = new Map(lists.flatMap((key) => [...indexes.get(key)!.replaced])) // each was read
  for (const { number, indexes: keys } of all)
    for (const key of keys)
      // Each was read.
      for (const name of indexes.get(key)!.pieces.keys()) {
        // One beyond the newest is of a backup that is at work or was interrupted.
        if (kept.has(number) || number > newest) needed.add(replaced.get(name) ?? name)
        candidates.add(name)
      }
  await objects.sweep(instant(systemClock.now() - (orphans === true ? 0 : DAY_MS)))
  if (orphans === true) for (const name of (await listBackupPieces(objects)).keys()) candidates.add(name)
  let pieces = 0
  const old = all.filter(({ number }) => !kept.has(number) && number < newest)
  for (const { manifest } of old) if (manifest !== undefined) await objects.remove(manifest)
  const unneeded = [...candidates].filter((name) => !needed.has(name))
  const there = unneeded.length === 0 ? new Map<string, number>() : await listBackupPieces(objects)
  for (const name of unneeded.filter((one) => there.has(one))) {
    await objects.remove(backupPieceKey(name))
    pieces++
  }
  for (const { sum, indexes: keys } of old)
    for (const key of [...keys, ...(sum === undefined ? [] : [sum])]) await objects.remove(key)
  return { generations: old.filter(({ manifest }) => manifest !== undefined).length, pieces }
}
