import { hash } from 'node:crypto'
import {
  BAG_DECLARATION,
  BAG_FILES,
  formatBagInfo,
  formatBagManifest,
  type BagInfo,
} from '../../core/evidence/bundle/bag.ts'
import type { CustodyDraft } from '../../core/evidence/custody/custody-event.ts'
import { Fault } from '../../core/model/errors.ts'
import type { CustodyBook } from '../custody/custody-book.ts'
import type { PublishedCheckpoint, TransparencyLog } from '../log/contract.ts'
import type { BagFolder } from './bag-folder.ts'
import { hashLines } from './write-log.ts'

export interface SealParts {
  readonly custody: Pick<CustodyBook, 'record'>
  readonly log: Pick<TransparencyLog, 'sequence' | 'prove' | 'consistency'>
  /** The one that the proofs in `data/` lead to. */
  readonly checkpoint: PublishedCheckpoint
  readonly info: Omit<BagInfo, 'payload' | 'name'>
  /** Who made the bundle, what for, by whose authority, and plain facts of it. */
  readonly draft: Pick<CustodyDraft, 'actor' | 'reason' | 'authority' | 'detail'>
}

const PAYLOAD = 'data/'

/**
 * Makes a bag of the files written so far: the tag files, and the seal. That a bundle was made is itself an event of
 * custody that the log holds; its proof leads to a checkpoint after it, whose tree continues from the bundle's.
 */
export async function sealBag(bag: BagFolder, { custody, log, checkpoint, info, draft }: SealParts): Promise<void> {
  const payload = bag.files.filter(({ path }) => path.startsWith(PAYLOAD))
  const manifest = formatBagManifest(payload)
  const bagInfo = formatBagInfo({ ...info, name: bag.name, payload })
  await bag.put(BAG_FILES.declaration, BAG_DECLARATION)
  await bag.put(BAG_FILES.info, bagInfo)
  await bag.put(BAG_FILES.manifest, manifest)
  const { leafIndex, bytes } = await custody.record({
    type: 'exported',
    evidence: { kind: 'bundle', id: bag.name },
    ...draft,
    detail: {
      ...draft.detail,
      manifest_sha512: hash('sha512', manifest),
      bag_info_sha512: hash('sha512', bagInfo),
    },
  })
  const after = await log.sequence()
  if (after === undefined || after.size <= leafIndex)
    throw new Fault(`Cannot seal bundle "${bag.name}": the log does not hold event ${leafIndex}`)
  const [proven] = await log.prove([leafIndex], after)
  if (proven === undefined) throw new Fault(`Cannot seal bundle "${bag.name}": there is no proof of event ${leafIndex}`)
  await bag.put('seal.json', bytes)
  await bag.put('seal.leaf', proven.leaf)
  await bag.put('seal.tlog-proof', proven.proof)
  await bag.put('seal.consistency', hashLines(await log.consistency(checkpoint.size, after.size)))
  const tags = bag.files.filter(({ path }) => !path.startsWith(PAYLOAD))
  await bag.put(BAG_FILES.tagManifest, formatBagManifest(tags))
}
