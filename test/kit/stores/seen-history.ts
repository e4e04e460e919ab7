import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../../src/core/evidence/log/checkpoint.ts'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { hashLeaf } from '../../../src/core/evidence/log/merkle.ts'
import { TreeEdge } from '../../../src/core/evidence/log/tree-edge.ts'
import { sha256 } from '../../../src/runtime/ed25519.ts'
import { openArchive } from '../../../src/store/archive/open.ts'

/** What is in an archive at the end of a trial. */
export interface FoundHistory {
  readonly ids: ReadonlySet<string>
  /** Measurements that are there twice. */
  readonly doubled: number
  /** Histories that were signed: one, or the log forked. */
  readonly logs: number
}

/** Every checkpoint that a folder was ever seen with. */
export class SeenHistory {
  readonly #folder: string
  readonly #roots = new Map<number, string>()
  #forks = 0

  /** Of a data folder, which need not be there yet. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Notes the checkpoint that is published now. */
  async note(): Promise<void> {
    const bytes = await readFile(join(this.#folder, 'log/public/checkpoint')).catch(() => undefined)
    if (bytes === undefined) return
    const { size, root } = parseCheckpoint(bytes)
    const text = Buffer.from(root).toString('hex')
    const before = this.#roots.get(size)
    if (before !== undefined && before !== text) this.#forks++
    this.#roots.set(size, text)
  }

  /** Compares all of them with the archive of the folder, which no process holds. Throws where none was seen. */
  async look(): Promise<FoundHistory> {
    await using archive = await openArchive(join(this.#folder, 'archive'), { leaves: LEAF_CODEC })
    const ids = new Set<string>()
    let doubled = 0
    for await (const one of archive.scan(0)) {
      if (one.kind !== 'blob') continue
      if (ids.has(one.provenance.id)) doubled++
      ids.add(one.provenance.id)
    }
    const tree = new TreeEdge(sha256)
    let forks = this.#forks
    let checked = 0
    for await (const leaf of archive.leaves(0, archive.size)) {
      tree.push(hashLeaf(leaf, sha256))
      const root = this.#roots.get(tree.size)
      if (root === undefined) continue
      checked++
      if (root !== Buffer.from(tree.root()).toString('hex')) forks++
    }
    const beyond = [...this.#roots.keys()].filter((size) => size > archive.size).length
    if (checked === 0) throw new Error('no checkpoint was seen: the trial shows nothing of the log')
    return { ids, doubled, logs: 1 + forks + beyond }
  }
}
