import type { Mutex } from '../../runtime/mutex.ts'
import { encodeLetterLeaf } from '../core/leaf.ts'
import { parseReceipt, receiptDigest } from '../core/signature.ts'
import { Fault } from '../../core/model/errors.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { LeafAct, SignatureRow } from '../registry/contract.ts'
import type { LetterDesk, SignatureProof, SignatureStanding } from '../contract.ts'
import type { LetterDeskParts } from '../parts.ts'

export interface ReceiptParts extends Pick<LetterDeskParts, 'store' | 'log' | 'guard'> {
  readonly mutex: Mutex
  /**
   * Told of each leaf of a withdrawal, which is durable at once and published with the next batch: who watches both the
   * log and the lines of people would see who withdrew.
   */
  readonly onWithdrawn: () => void
}

/** What a receipt opens: the state of a signature, the proof that it counts, the way out. */
export class Receipts implements Pick<LetterDesk, 'standing' | 'proof' | 'withdraw'> {
  readonly #parts: ReceiptParts

  constructor(parts: ReceiptParts) {
    this.#parts = parts
  }

  async #row(typed: string): Promise<SignatureRow | undefined> {
    const digest = parseSha256(await receiptDigest(parseReceipt(typed), sha256))
    return this.#parts.store.byReceipt(digest)
  }

  async standing(receipt: string): Promise<SignatureStanding | undefined> {
    const row = await this.#row(receipt)
    if (row === undefined) return undefined
    const { letter, ct, tier } = row
    switch (row.state) {
      case 'awaiting':
        return { letter, ct, tier, kind: 'awaiting' }
      case 'pending':
      case 'held':
        return { letter, ct, tier, kind: 'waits' }
      case 'counted': {
        const leaf = leafOf(row)
        const logged = ((await this.#parts.log.latest())?.size ?? 0) > leaf
        return { letter, ct, tier, kind: 'counted', leaf, logged }
      }
      case 'void':
        return { letter, ct, tier, kind: 'void', leaf: leafOf(row), reason: row.reason ?? 'other' }
    }
  }

  async proof(receipt: string): Promise<SignatureProof | undefined> {
    const row = await this.#row(receipt)
    if (row?.state !== 'counted') return undefined
    const leafIndex = leafOf(row)
    const { log } = this.#parts
    if (((await log.latest())?.size ?? 0) <= leafIndex) return undefined
    const [proven] = await log.prove([leafIndex])
    return proven === undefined ? undefined : { ct: row.ct, ...proven }
  }

  async withdraw(receipt: string): Promise<'withdrawn' | 'none'> {
    const { mutex, store, guard, onWithdrawn } = this.#parts
    const found = await this.#row(receipt)
    if (found === undefined) return 'none'
    return mutex.run(async () => {
      const row = await store.signature(found.ct)
      if (row === undefined) return 'none'
      if (row.state === 'void' && row.reason === 'withdrawn') return 'withdrawn'
      if (row.state === 'counted' || row.state === 'void') {
        await store.append(actsOf(row))
        onWithdrawn()
      } else {
        await store.drop([row.ct])
        guard.settle([row.ct])
      }
      return 'withdrawn'
    })
  }
}

function leafOf({ ct, leaf }: SignatureRow): number {
  if (leaf === null) throw new Fault(`Cannot read signature "${ct}": it was counted and has no leaf`)
  return leaf
}

/** One that was taken out already is put back and withdrawn in one act, so that no undoing brings it back. */
function actsOf({ letter, ct, state }: { letter: string; ct: Sha256; state: SignatureRow['state'] }): LeafAct[] {
  const withdrawn: LeafAct = {
    leaf: encodeLetterLeaf({ kind: 'signature-void', letter, ct, reason: 'withdrawn' }),
    change: { kind: 'void', ct, reason: 'withdrawn', erase: true },
  }
  const restored: LeafAct = { leaf: encodeLetterLeaf({ kind: 'signature-restored', letter, ct }) }
  return state === 'void' ? [restored, withdrawn] : [withdrawn]
}
