import { REAL_DISK, type Disk, type DiskFile } from '../../../runtime/files/disk.ts'

/** Bytes for each leaf of the edge: the leaf here and 1, or zeros where the leaf is not here. */
const ENTRY_BYTES = 6

/** Which leaf of this archive each leaf of an edge is: an erasure of the edge names only its own leaf. */
export class LeafMap implements AsyncDisposable {
  readonly #file: DiskFile

  private constructor(file: DiskFile) {
    this.#file = file
  }

  /** Opens the map, which is made where it is missing; the folder exists. */
  static async open(path: string, disk: Disk = REAL_DISK): Promise<LeafMap> {
    return new LeafMap(await disk.open(path, 'append'))
  }

  /** Notes where leaves of the edge are; on disk after `sync`. */
  async note(places: readonly { readonly leaf: number; readonly here: number }[]): Promise<void> {
    // Leaves of a batch are neighbours, so that most of them are one write.
    for (let at = 0; at < places.length;) {
      let until = at + 1
      while (places[until]?.leaf === places[until - 1]!.leaf + 1) until++ // below the length
      const run = places.slice(at, until)
      const bytes = Buffer.alloc(run.length * ENTRY_BYTES)
      for (const [nth, { here }] of run.entries()) bytes.writeUIntBE(here + 1, nth * ENTRY_BYTES, ENTRY_BYTES)
      await this.#file.write(bytes, run[0]!.leaf * ENTRY_BYTES) // a run has one leaf at least
      at = until
    }
  }

  sync(): Promise<void> {
    return this.#file.sync()
  }

  /** Leaf here of a leaf of the edge; undefined where it is not here. */
  async of(leaf: number): Promise<number | undefined> {
    const bytes = Buffer.alloc(ENTRY_BYTES)
    const found = await this.#file.read(bytes, leaf * ENTRY_BYTES)
    const here = found < ENTRY_BYTES ? 0 : bytes.readUIntBE(0, ENTRY_BYTES)
    return here === 0 ? undefined : here - 1
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close()
  }
}
