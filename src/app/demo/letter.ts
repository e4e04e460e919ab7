import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { demoLetter } from '../../../lab/history/letter.ts'
import { encodeLetterLeaf } from '../../letter/core/leaf.ts'
import { FEWEST_OF_REGION, type Letter } from '../../letter/core/letter.ts'
import { makeKeyPair } from '../../letter/handover/age.ts'
import type { LeafAct, SignatureRow } from '../../letter/registry/contract.ts'
import type { Region } from '../../core/model/region.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { takeOver } from '../../pipeline/log/lead/take-over.ts'
import { systemClock } from '../../runtime/clock.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { holdFolder } from '../../runtime/files/data-folder.ts'
import { LetterFolder } from '../letter/folder.ts'
import { serveLetter } from '../letter/serve.ts'
import type { Door } from './door.ts'

/** Signatures of each region: some regions are shown, one has too few. */
const CROWD: readonly (readonly [Region, number])[] = [
  ['KZ-75', 214],
  ['KZ-71', 96],
  ['KZ-79', 41],
  ['KZ-35', 33],
  ['KZ-27', 12],
  ['KZ-62', FEWEST_OF_REGION - 3],
  ['abroad', 58],
]

/**
 * Opens the letter service of the demonstration until disposed, in folders of its own below `path`: one simulated letter
 * with simulated signatures. It is another service than the observatory, with another address, registry and log, and the
 * observatory names it nowhere. Throws Fault where its port is taken.
 */
export async function openDemoLetter(
  path: string,
  door: Pick<Door, 'observatory' | 'letter'>,
): Promise<AsyncDisposable> {
  const controller = new AbortController()
  const held = await holdFolder(join(path, 'letter'), 'kuager demo')
  const folder = new LetterFolder(held, {}, { secrets: join(path, 'letter-secrets'), simulated: true })
  await takeOver(folder.logFolder, thisMachine(), { at: systemClock.now(), reason: 'the demonstration was copied' })
  const { hostname, port } = new URL(door.letter.url)
  const serving = { host: hostname, port: Number(port), trustedProxies: [], frame: {}, signal: controller.signal }
  const opened = Promise.withResolvers<string>()
  await fill(folder, door.observatory.url)
  await door.letter[Symbol.asyncDispose]()
  const ended = serveLetter(folder, serving, opened.resolve).catch((error: unknown) => opened.reject(error))
  const close = async (): Promise<void> => {
    controller.abort()
    await ended
    await folder[Symbol.asyncDispose]()
  }
  try {
    await opened.promise
    return { [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Publishes the letter with its signatures, where that was not done. */
async function fill(folder: LetterFolder, observatory: string): Promise<void> {
  const desk = await folder.desk()
  if (desk.letters().length > 0) return
  const holders = await Promise.all([makeKeyPair({ hybrid: false }), makeKeyPair({ hybrid: false })])
  const letter = demoLetter({
    now: folder.clock.now(),
    observatory,
    recipients: holders.map(({ recipient }) => recipient),
  })
  await desk.publish(letter)
  await signAsCrowd(folder, letter)
  await desk.tick()
}

/** Puts signatures into the registry as if people had signed, and counts them; three were withdrawn, two void. */
export async function signAsCrowd(folder: LetterFolder, { id, version }: Letter): Promise<void> {
  const store = await folder.store()
  const rows = CROWD.flatMap(([region, count]) =>
    Array.from({ length: count }, (_, at): SignatureRow => {
      const sealed = randomBytes(800)
      return {
        ct: digestOf(sealed),
        letter: id,
        version,
        tier: at % 3 === 0 ? 'claimed' : at % 17 === 0 ? 'form' : 'mail',
        state: 'pending',
        region,
        hour: 0,
        sealed,
        receipt: digestOf(randomBytes(16)),
        mailbox: null,
        leaf: null,
        reason: null,
        held: null,
      }
    }),
  )
  await store.accept(rows, [])
  const counted = rows.map(({ ct, tier }): LeafAct => ({
    leaf: encodeLetterLeaf({ kind: 'signature', letter: id, ct, tier }),
    change: { kind: 'count', ct },
  }))
  const removed = rows.slice(0, 5).map(({ ct }, at): LeafAct => {
    const reason = at < 3 ? 'withdrawn' : 'duplicate'
    return {
      leaf: encodeLetterLeaf({ kind: 'signature-void', letter: id, ct, reason }),
      change: { kind: 'void', ct, reason, erase: true },
    }
  })
  await store.append(counted)
  await store.append(removed)
}

const digestOf = (bytes: Uint8Array): Sha256 => parseSha256(createHash('sha256').update(bytes).digest('hex'))
