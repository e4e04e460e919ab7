import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { openLetterFolder, type LetterFolder } from '../../src/app/letter/folder.ts'
import { approve } from '../../src/app/letter/reviewer-key.ts'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { LetterCounter } from '../../src/letter/core/count.ts'
import { parseLetterLeaf } from '../../src/letter/core/leaf.ts'
import { encodeHex } from '../../src/core/evidence/hex.ts'
import type { Letter } from '../../src/letter/core/letter.ts'
import { parseSha256 } from '../../src/core/model/units.ts'
import { sealSignature } from '../../src/letter/sign/seal.ts'
import { makeSeed, publicKeyOf } from '../../src/runtime/ed25519.ts'
import { HOLDERS, publicLetter } from '../../test/kit/letter/letter-sample.ts'
import { manyAddresses } from './addresses.ts'
import type { Load, Sent } from './load.ts'
import { quietWorld } from './quiet-world.ts'
import { SECRET, runAlone, startServed } from './served.ts'

export interface MadeLetter {
  readonly letter: Letter
  readonly sealed: Uint8Array
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A letter that can be signed at a time, and one signature sealed to its keys. */
export async function makeLetter(now: number): Promise<MadeLetter> {
  const recipient = await identityToRecipient(await generateX25519Identity())
  const keys = { layers: [[{ holder: HOLDERS[0]!, recipient }]] } // the sample has holders
  const days = { opens: dayOf(now - DAY_MS), closes: dayOf(now + 60 * DAY_MS), destroys: dayOf(now + 90 * DAY_MS) }
  const letter = publicLetter(keys, days)
  const sealed = await sealSignature(
    {
      format: 'kuager-signature/1',
      letter: letter.id,
      version: 1,
      consent: letter.consent.version,
      name: 'Made Up Reader',
      region: 'KZ-75',
      show_name: false,
      lang: 'kk',
    },
    letter.keys,
  )
  return { letter, sealed }
}

export interface LetterRush {
  readonly perSecond: number
  readonly steady: Sent
  readonly serverMicros: number
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
  /** Whether what the leaves count is what was acknowledged, the log contradicts itself nowhere, and a stranger counts it too. */
  readonly proves: boolean
  /** Of those that waited when the server was killed: held, until people have looked, since nobody knows whence they came. */
  readonly held: number
}

/**
 * A letter service in a process of its own, its registry on disk: signatures acknowledged a second; killed in the middle
 * of more; started again, and everything acknowledged is looked for in registry and log.
 */
export async function letterRush(root: string, load: Load, seconds: number, target: number): Promise<LetterRush> {
  const [folder, secrets] = [join(root, 'letter'), join(root, 'secrets')]
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  const { letter, sealed } = await makeLetter(Date.now())
  await writeFile(join(root, 'letter.json'), JSON.stringify(letter))
  await runAlone(['letter', 'publish', join(root, 'letter.json'), '--folder', folder, '--secrets', secrets])
  const args = ['letter', 'serve', '--folder', folder, '--secrets', secrets]
  const acknowledged: string[] = []
  const make = (count: number, from: number): Promise<readonly string[]> => {
    const addresses = manyAddresses(count, from)
    return load.make({ kind: 'sign', secret: SECRET, now: Date.now(), letter: letter.id, sealed, addresses })
  }
  const note = (ids: readonly string[], sent: Sent): void =>
    void acknowledged.push(...sent.acknowledged.map((place) => ids[place] ?? ''))
  const count = Math.ceil(seconds * target * 4)
  const first = await startServed(args)
  // Threads start and code is compiled before anything is measured.
  note(await make(target * 3, 0), await load.send(first.port, 60))
  const ids = await make(count, 1e5)
  const before = first.cpuSeconds()
  const steady = await load.send(first.port, seconds)
  const used = first.cpuSeconds() - before
  note(ids, steady)
  // Its last batch counts what waits.
  await first.end('SIGTERM')
  const second = await startServed(args)
  note(await make(count, 2e5), await load.send(second.port, seconds, () => second.end('SIGKILL')))
  const third = await startServed(args)
  note(await make(target, 3e5), await load.send(third.port, 60))
  await third.end('SIGTERM')
  const { counted, proves, ...found } = await lookFor(folder, secrets, letter, acknowledged)
  const last = await startServed(args)
  const recounted = await recount(last.port)
  await last.end('SIGTERM')
  return {
    perSecond: Math.round(steady.acknowledged.length / steady.seconds),
    steady,
    serverMicros: Math.round((used / steady.acknowledged.length) * 1e6),
    acknowledged: acknowledged.length,
    ...found,
    proves: proves && recounted === counted,
  }
}

/** What a stranger counts who has the log of the running service alone, and compares it with what that shows. */
async function recount(port: number): Promise<number | undefined> {
  const said = await runAlone(['letter', 'verify', `http://127.0.0.1:${port}`, '--json'])
  const { sound, letters } = JSON.parse(said) as { sound: boolean; letters: readonly { total: number }[] }
  return sound ? letters[0]?.total : undefined
}

async function lookFor(
  folder: string,
  secrets: string,
  letter: Letter,
  acknowledged: readonly string[],
): Promise<Pick<LetterRush, 'lost' | 'doubled' | 'proves' | 'held'> & { readonly counted: number }> {
  await using service = await openLetterFolder(quietWorld(new AbortController().signal), folder, { secrets })
  const held = await releaseAll(service, folder, letter.id)
  const store = await service.store()
  let lost = 0
  for (const ct of acknowledged) {
    const row = await store.signature(parseSha256(ct))
    if (row?.state !== 'counted' || row.leaf === null) lost++
  }
  const counter = new LetterCounter(letter.id)
  let index = 0
  for await (const leaf of store.leaves(0, store.size)) counter.add(index++, parseLetterLeaf(leaf))
  const count = counter.result()
  const doubled = count.contradictions.filter(({ what }) => what === 'signed-twice').length
  const rows = (await store.tally(letter.id)).reduce((sum, one) => sum + (one.state === 'counted' ? one.count : 0), 0)
  const shown = await (await service.desk()).count(letter.id)
  const proves =
    count.contradictions.length === 0 &&
    count.total === rows &&
    count.total >= acknowledged.length &&
    shown?.total === count.total
  return { lost, doubled, proves, held, counted: count.total }
}

/** Lets held ones count, as two reviewers do who have looked; gives how many there were. */
async function releaseAll(service: LetterFolder, folder: string, letter: string): Promise<number> {
  const reviewers = [makeSeed(), makeSeed()]
  const named = reviewers.map((seed, n) => ({ name: `reviewer ${n}`, key: encodeHex(publicKeyOf(seed)) }))
  await writeFile(join(folder, 'reviewers.json'), JSON.stringify(named))
  const desk = await service.desk()
  await desk.countNow()
  let released = 0
  for (const { label } of await desk.held(letter)) {
    const asked = { letter, act: 'release', reason: 'other', note: 'benchmark', filter: { held: label } } as const
    const { job } = await desk.removals.plan(asked)
    for (const seed of reviewers) await desk.removals.approve(approve(job, seed))
    released += await desk.removals.run(job.id)
  }
  await desk.countNow()
  await desk.tick()
  return released
}
