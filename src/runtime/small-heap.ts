import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the young part of the heap as small as it begins, from now on: collected more often, in well under a
 * millisecond each time, instead of growing to some 100 MB of garbage. For commands that wait more than they compute
 * and stay on a volunteer's machine. To be called before the command's modules are loaded; a runtime that does not know
 * the setting ignores it.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * Threads that start from now on begin with so much room for new objects, in megabytes: those that compute would spend
 * a third of their time on collecting in the little that `keepHeapSmall` leaves.
 */
export const startThreadsWith = (megabytes: number): void => setFlagsFromString(`--min-semi-space-size=${megabytes}`)

/**
 * Threads that start from now on mark their heap for the first time when its old part has so many megabytes. Otherwise
 * they begin at ten and do it again with each ten more, although next to nothing is garbage in what has just been loaded.
 */
export const markThreadsFrom = (megabytes: number): void => setFlagsFromString(`--initial-old-space-size=${megabytes}`)
