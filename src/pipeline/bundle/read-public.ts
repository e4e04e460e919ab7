import { measuredOf, type Measured } from '../../core/derive/measured.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { JudgeForm } from '../judge/judged-once.ts'
import type { ShownForms } from '../publish/shown-forms.ts'

/** Where the public form of a measurement is read. */
export interface PublicParts {
  readonly archive: Pick<Archive, 'readLeaf'>
  /** Digest of the public form that the leaf of a measurement carries. */
  readonly publicOf: (leaf: number) => Sha256 | Promise<Sha256>
  readonly forms: Pick<ShownForms, 'logged'>
}

/**
 * A measurement judged by its public form, as a third party judges it; undefined where it was erased, where its leaf
 * digests an earlier public form, so that it cannot be shown, and where nothing of it is judged.
 */
export async function readPublic(
  leaf: number,
  { archive, publicOf, forms }: PublicParts,
  judge: JudgeForm,
): Promise<Measured | undefined> {
  const archived = await archive.readLeaf(leaf)
  if (archived?.kind !== 'blob') return undefined
  const form = await forms.logged(archived, await publicOf(leaf))
  if (form === undefined) return undefined
  const judged = await judge(form)
  if (judged.kind === 'aside') return undefined
  return measuredOf({ ...judged, leafIndex: leaf, provenance: archived.provenance })
}
