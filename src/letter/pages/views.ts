import { createHash } from 'node:crypto'
import { recipientFingerprint } from '../core/signature.ts'
import type { LetterDesk, PublishedLetter } from '../contract.ts'
import type { LetterView } from './page/letter-view.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** A letter with its number and the fingerprints of its keys. */
export async function viewOf(desk: LetterDesk, published: PublishedLetter): Promise<LetterView> {
  const layers = await Promise.all(
    published.letter.keys.layers.map((layer) =>
      Promise.all(
        layer.map(async ({ holder, recipient }) => ({
          holder,
          recipient,
          fingerprint: await recipientFingerprint(recipient, sha256),
        })),
      ),
    ),
  )
  return { ...published, layers, count: await desk.count(published.letter.id) }
}

/** Undefined for a letter that was not published. */
export async function findView(desk: LetterDesk, id: string): Promise<LetterView | undefined> {
  const published = desk.letter(id)
  return published === undefined ? undefined : viewOf(desk, published)
}
