import type { Disk, DiskFile } from '../../../src/runtime/files/disk.ts'

/** One act that changes the disk, such as `write segments/00000001.segment`. */
export type Step = string

/** Where to stop: before the act, after half of its bytes (writes only), or after it. */
export const MOMENTS = ['before', 'torn', 'after'] as const
export type Moment = (typeof MOMENTS)[number]

export interface StoppingDisk {
  readonly disk: Disk
  /** Every changing act so far, in order: a run that is not stopped lists the places where one can be. */
  readonly steps: readonly Step[]
}

/** A disk that calls `stop`, which does not return, at one moment of the nth changing act. */
export function stoppingDisk(
  inner: Disk,
  root: string,
  at: { readonly step: number; readonly moment: Moment; stop(): Promise<never> },
): StoppingDisk {
  const steps: Step[] = []
  const act = async <T>(name: string, path: string, work: () => Promise<T>, half?: () => Promise<void>): Promise<T> => {
    const here = steps.push(`${name} ${path.slice(root.length + 1)}`) - 1 === at.step
    if (here && at.moment === 'before') await at.stop()
    if (here && at.moment === 'torn') {
      await half?.()
      await at.stop()
    }
    const result = await work()
    if (here) await at.stop()
    return result
  }
  const wrap = (file: DiskFile): DiskFile => ({
    path: file.path,
    size: () => file.size(),
    read: (into, position) => file.read(into, position),
    write: (bytes, position) =>
      act(
        'write',
        file.path,
        () => file.write(bytes, position),
        () => file.write(bytes.subarray(0, bytes.length >> 1), position),
      ),
    sync: () => act('sync', file.path, () => file.sync()),
    truncate: (length) => act('truncate', file.path, () => file.truncate(length)),
    close: () => file.close(),
  })
  const disk: Disk = {
    list: (folder) => inner.list(folder),
    makeFolder: (folder) => act('makeFolder', folder, () => inner.makeFolder(folder)),
    open: async (path, mode) => {
      if (mode === 'read' || mode === 'write') return wrap(await inner.open(path, mode))
      let opened: DiskFile | undefined
      try {
        return wrap(await act(mode, path, async () => (opened = await inner.open(path, mode))))
      } catch (error) {
        await opened?.close() // stopped after the act: nobody else knows of this file
        throw error
      }
    },
    rename: (from, to) => act('rename', to, () => inner.rename(from, to)),
    remove: (path) => act('remove', path, () => inner.remove(path)),
    removeFolder: (folder) => act('removeFolder', folder, () => inner.removeFolder(folder)),
    syncFolder: (folder) => act('syncFolder', folder, () => inner.syncFolder(folder)),
  }
  return { disk, steps }
}
