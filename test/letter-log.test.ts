import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { encodeBase64 } from '../src/core/evidence/base64.ts'
import { LetterCounter } from '../src/letter/core/count.ts'
import { parseLetterLeaf } from '../src/letter/core/leaf.ts'
import { formatVerifierKey } from '../src/core/evidence/log/signed-note.ts'
import { LetterLeaves, letterKindOf } from '../src/letter/count/letter-leaves.ts'
import { checkLog } from '../src/pipeline/log/check-log.ts'
import type { PublishedCheckpoint } from '../src/pipeline/log/contract.ts'
import { REAL_DISK } from '../src/runtime/files/disk.ts'
import { hasProgram } from './kit/net/lab-authority.ts'
import {
  acceptMany,
  NOWHERE,
  openLetterWorld,
  sampleLetter,
  sealedSigning,
  type LetterWorld,
} from './kit/letter/letter-world.ts'
import { stoppingDisk, type Moment } from './kit/crash/stopping-disk.ts'

const signal = new AbortController().signal
const problemsOf = async ({ folder, store }: LetterWorld): Promise<readonly unknown[]> => {
  const problems: unknown[] = []
  const archive = new LetterLeaves(store)
  await checkLog(join(folder, 'log'), {
    archive,
    kindOf: letterKindOf,
    signal,
    onProblem: (one) => void problems.push(one),
  })
  return problems
}

describe('the log of a letter', () => {
  it('changes its key, goes on, and is found whole', async () => {
    await using world = await openLetterWorld()
    await world.desk.publish(sampleLetter())
    await acceptMany(world, 300)
    await world.desk.countNow()
    await world.log.rotate(world.clock.now())
    await acceptMany(world, 3)
    await world.desk.countNow()
    await world.reopen()
    await world.log.retire(world.clock.now())
    await acceptMany(world, 1)
    await world.desk.countNow()
    assert.equal(world.log.keys.length, 2)
    const entries: string[] = []
    for await (const { bytes } of world.log.entries('key-change')) entries.push(Buffer.from(bytes).toString('utf8'))
    assert.match(entries[0] ?? '', /"format":"kuager-key-change\/1"/)
    assert.deepEqual(await problemsOf(world), [])
    assert.equal((await world.desk.count('ashyq'))?.total, 304)
  })

  it('tells of a leaf that was altered in the registry', async () => {
    let turned = false
    await using world = await openLetterWorld({
      store: (store) =>
        changed(store, {
          leaves: async function* (from: number, until: number) {
            let nth = from
            for await (const leaf of store.leaves(from, until))
              yield turned && nth++ === 2 ? Buffer.from(Buffer.from(leaf).toString().replace('claimed', 'mail')) : leaf
          },
        }),
    })
    await world.desk.publish(sampleLetter())
    await acceptMany(world, 5)
    await world.desk.countNow()
    assert.deepEqual(await problemsOf(world), [])
    turned = true
    assert.ok((await problemsOf(world)).length > 0)
  })

  const GO = '/usr/share/gocode'
  const skip =
    hasProgram('go') && existsSync(`${GO}/src/golang.org/x/mod`) ? false : 'needs golang-go and golang-golang-x-mod-dev'
  it("is read by Go's own implementation of notes and trees", { skip }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-letter-go-'))
    try {
      const program = join(root, 'check')
      const source = fileURLToPath(new URL('kit/go/tlog/main.go', import.meta.url))
      const env = {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH: GO,
        GOCACHE: join(tmpdir(), 'kuager-go-cache'),
        GOFLAGS: '',
      }
      execFileSync('go', ['build', '-o', program, source], { env, cwd: root })
      await using world = await openLetterWorld()
      const { desk, log } = world
      await desk.publish(sampleLetter())
      const heads: PublishedCheckpoint[] = []
      for (const many of [1, 5, 254, 300]) {
        await acceptMany(world, many)
        await desk.countNow()
        const head = (await log.latest())! // a batch publishes one
        await writeFile(join(root, `${head.size}.checkpoint`), head.bytes)
        heads.push(head)
      }
      await writeFile(join(root, 'keys'), log.keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''))
      for (const head of heads)
        for (const { leafIndex, proof } of await log.prove([head.size - 1], head))
          await writeFile(join(root, `${leafIndex}-${head.size}.tlog-proof`), proof)
      const [first, ...others] = heads
      for (const { size } of others) {
        const hashes = await log.consistency(first?.size ?? 0, size)
        await writeFile(
          join(root, `${first?.size}-${size}.consistency`),
          hashes.map((one) => `${encodeBase64(one)}\n`).join(''),
        )
      }
      const { status, stdout } = spawnSync(program, [
        log.folder,
        join(root, 'keys'),
        ...heads.map(({ size }) => `${size}`),
      ])
      assert.equal(status, 0, stdout.toString())
      assert.match(stdout.toString(), / 4 3\n$/)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

/** Signed beforehand, so that a life costs no sealing. */
const SENT = await Promise.all([
  ...Array.from({ length: 4 }, () => sealedSigning()),
  ...Array.from({ length: 2 }, (_, nth) => sealedSigning({ mail: `asel${nth}@example.org` })),
])

/** What was acknowledged before the process ended: `sent` by number, and those whose withdrawal was asked for. */
interface Told {
  readonly accepted: Set<number>
  readonly confirmed: Set<number>
  readonly withdrawing: Set<number>
  readonly withdrawn: Set<number>
}

/** A short life of a letter with all that changes registry, log and files; it stops wherever the process does. */
async function live(world: LetterWorld, told: Told): Promise<void> {
  const { desk, mail, log, clock } = world
  const sign = async (nth: number): Promise<void> => {
    const signed = await desk.sign(SENT[nth]!.signing, NOWHERE) // below the number of those
    if (signed.kind === 'accepted') told.accepted.add(nth)
  }
  await desk.publish(sampleLetter())
  await Promise.all([sign(0), sign(1)])
  await sign(4)
  const { token } = mail
  await desk.countNow()
  if ((await desk.confirm(token)) === 'confirmed') told.confirmed.add(4)
  await sign(2)
  told.withdrawing.add(0)
  if ((await desk.withdraw(SENT[0]!.code)) === 'withdrawn') told.withdrawn.add(0) // as above
  await log.rotate(clock.now())
  await desk.countNow()
  const { job } = await desk.removals.plan({
    letter: 'ashyq',
    act: 'void',
    reason: 'duplicate',
    note: '',
    filter: { tier: 'mail' },
  })
  await desk.removals.run(job.id)
  const back = await desk.removals.planRestore(job.id, '')
  await desk.removals.run(back.job.id)
  await sign(3)
  await sign(5)
  await desk.countNow()
}

/** What holds after a restart, however the process ended. */
async function checkSurvivor(world: LetterWorld, told: Told, what: string): Promise<void> {
  const { store } = world
  const letter = world.desk.letter('ashyq')
  if (letter === undefined) return assert.equal(told.accepted.size, 0, what)
  // Jobs that were begun are gone on with.
  for (const { job, state } of await world.desk.removals.jobs())
    if (state === 'waiting')
      await world.desk.removals.run(job.id).catch((error: { code?: string }) => assert.ok(error.code, what))
  await world.desk.countNow()
  const [status] = await world.desk.status()
  assert.equal(status?.agrees, true, `${what}: registry and log agree`)
  assert.deepEqual(await problemsOf(world), [], what)
  const counter = new LetterCounter('ashyq')
  const leaves = new Map<string, number>()
  let nth = 0
  for await (const bytes of store.leaves(0, store.size)) {
    const leaf = parseLetterLeaf(bytes)
    counter.add(nth++, leaf)
    if (leaf.kind === 'signature') leaves.set(leaf.ct, (leaves.get(leaf.ct) ?? 0) + 1)
  }
  assert.deepEqual(counter.result().contradictions, [], what)
  for (const accepted of told.accepted) {
    const { code, ct } = SENT[accepted]! // below the number of those
    const kind = (await world.desk.standing(code))?.kind
    if (told.withdrawn.has(accepted)) assert.equal(kind, 'void', what)
    else if (told.withdrawing.has(accepted)) assert.ok(kind === 'void' || kind === 'counted', what)
    else if (accepted >= 4 && !told.confirmed.has(accepted)) assert.ok(kind !== undefined, what)
    else assert.ok(kind === 'counted' || kind === 'void', `${what}: ${accepted} is ${kind}`)
    if (kind === 'counted' || kind === 'void') assert.equal(leaves.get(ct), 1, `${what}: a signature has one leaf`)
  }
}

const nothingTold = (): Told => ({
  accepted: new Set(),
  confirmed: new Set(),
  withdrawing: new Set(),
  withdrawn: new Set(),
})

const WRITES = ['accept', 'addToken', 'append', 'confirm', 'setState', 'drop'] as const

/** A life whose process ends at one of the writes to the registry; gives the number of writes there were. */
async function livesUntilWrite(at: number, moment: 'before' | 'after'): Promise<number> {
  let writes = 0
  let dead = false
  const die = (): Promise<never> => {
    dead = true
    return Promise.reject(new Error('The process has ended'))
  }
  await using world = await openLetterWorld({
    store: (store) =>
      changed(
        store,
        Object.fromEntries(
          WRITES.map((name) => [
            name,
            async (...args: readonly unknown[]): Promise<unknown> => {
              if (dead) return die()
              const here = writes++ === at
              if (here && moment === 'before') return die()
              const result: unknown = await Reflect.apply(store[name], store, args)
              return here ? die() : result
            },
          ]),
        ),
      ),
  })
  await survive(
    world,
    () => {
      const died = dead
      dead = false
      at = Number.MAX_SAFE_INTEGER
      return died
    },
    `write ${at} ${moment}`,
  )
  return writes
}

/** A life whose process ends at an act on the disk of log and jobs; gives the acts there were. */
async function livesUntilStep(step: number, moment: Moment): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-letter-'))
  try {
    let dead = false
    const stop = (): Promise<never> => {
      dead = true
      return Promise.reject(new Error('The process has ended'))
    }
    const stopping = stoppingDisk(REAL_DISK, folder, { step, moment, stop })
    await using world = await openLetterWorld({
      folder,
      disk: stopping.disk,
      // After an act at which the process ended nothing more reaches the registry.
      store: (store) =>
        changed(
          store,
          Object.fromEntries(
            WRITES.map((name) => [
              name,
              (...args: readonly unknown[]): unknown => (dead ? stop() : Reflect.apply(store[name], store, args)),
            ]),
          ),
        ),
    }).catch((error: unknown) => {
      if (!dead) throw error
      return openLetterWorld({ folder })
    })
    await survive(
      world,
      () => {
        const died = dead
        dead = false
        return died
      },
      `${stopping.steps[step] ?? step} ${moment}`,
    )
    return stopping.steps
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function survive(world: LetterWorld, died: () => boolean, what: string): Promise<void> {
  const told = nothingTold()
  await live(world, told).catch((error: unknown) => {
    if (!(error instanceof Error) || !/has ended|Cannot/.test(error.message)) throw error
  })
  died()
  await world.reopen()
  await checkSurvivor(world, told, what)
}

/** An object with some of its methods in place of its own. */
function changed<T extends object>(of: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(of, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key, target)
      const value = typeof key === 'string' && Object.hasOwn(methods, key) ? methods[key] : own
      return typeof value === 'function'
        ? (...args: readonly unknown[]): unknown => Reflect.apply(value, target, args)
        : value
    },
  })
}

describe('a letter whose process ends', () => {
  it('has every signature that was acknowledged once, at whichever write to the registry', async () => {
    const writes = await livesUntilWrite(Number.MAX_SAFE_INTEGER, 'before')
    assert.ok(writes >= 15, `${writes} writes`)
    for (let at = 0; at < writes; at++)
      for (const moment of ['before', 'after'] as const) await livesUntilWrite(at, moment)
  })

  it('has every signature that was acknowledged once, at whichever act on the disk of the log', async () => {
    const steps = await livesUntilStep(Number.MAX_SAFE_INTEGER, 'before')
    for (const kind of ['rename log/public/checkpoint', 'rename log/state.json', 'rename removals/'])
      assert.ok(
        steps.some((step) => step.startsWith(kind)),
        kind,
      )
    // A log by itself is stopped at every act (src/pipeline/log/powerless.test.ts); here where a file becomes the next.
    const renames = steps.flatMap((name, step) =>
      /^rename (?:log\/(?:log|state|public\/c)|removals)/.test(name) ? [step] : [],
    )
    for (const [nth, step] of renames.entries()) await livesUntilStep(step, nth % 2 === 0 ? 'before' : 'after')
  })
})
