import type { Disk } from '../../../runtime/files/disk.ts'
import type { Erasures } from '../erasures.ts'
import type { Layout } from '../layout.ts'
import { RowsFile } from './rows-file.ts'

/** Reads what is kept of thinned measurements, of one segment at a time: readers come in the order of the leaves. */
export class KeptRowsReader {
  readonly #parts: { readonly layout: Layout; readonly disk: Disk; readonly erasures: Erasures }
  #held: { readonly segment: number; readonly as: string; readonly file: RowsFile | undefined } | undefined

  constructor(parts: { readonly layout: Layout; readonly disk: Disk; readonly erasures: Erasures }) {
    this.#parts = parts
  }

  async of(segment: number, leaf: number): Promise<string | undefined> {
    const { layout, disk, erasures } = this.#parts
    if (!erasures.thinned.has(leaf) || erasures.ofLeaf(leaf) !== undefined) return undefined
    // A thinning adds to the file; what an erasure takes out of it is not given above.
    const as = `${erasures.thinned.lines}`
    if (this.#held?.segment !== segment || this.#held.as !== as)
      this.#held = { segment, as, file: await RowsFile.open(layout.rows(segment), disk) }
    return this.#held.file?.of(leaf)
  }
}
