import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { decodeBase64, encodeBase64 } from '../../../core/evidence/base64.ts'
import { Fault } from '../../../core/model/errors.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import type { LogState } from './right.ts'

/** What machines of one log agree on: who signs, and what was signed at most. */
export interface LeadState extends LogState {
  /** Empty before the log has begun. */
  readonly origin: string
  /** Counts the take-overs, from 1. */
  readonly generation: number
  /** Random, of one process. */
  readonly holder: string
  /** Of the folder of that process: after a crash it knows its own state again. */
  readonly folder: string
  /** Rises with each write, so that no two states are alike. */
  readonly beat: number
  /** Whether the holder has ended by itself and no longer signs. */
  readonly left: boolean
}

/** A state as it was read, and the name of that version of it. */
export interface SeenState {
  readonly state: LeadState
  readonly version: string
}

/** One place for the state of a log, which changes by compare-and-swap only. */
export interface LeadRegister extends AsyncDisposable {
  /** For messages. */
  readonly name: string
  read(): Promise<SeenState | undefined>
  /**
   * Stores a state where the version is still that of `before`, or there is none yet; gives the new version, undefined
   * where it is not. An error says nothing: the state may be stored, now or later.
   */
  swap(before: string | undefined, state: LeadState): Promise<string | undefined>
  /**
   * Whether this process alone may try to lead now, as a lock says that ends with its holder; undefined where there is no
   * lock, so that one has to wait until the holder has been silent for long enough.
   */
  locked?(): Promise<boolean>
}

const schema = z.strictObject({
  format: z.literal('kuager-log-state/1'),
  origin: z.string(),
  size: z.number().int().nonnegative(),
  root: z.string(),
  generation: z.number().int().min(1),
  holder: z.string(),
  folder: z.string(),
  beat: z.number().int().nonnegative(),
  left: z.boolean(),
})

/** The bytes of a state in a register. */
export const encodeLeadState = (state: LeadState): Uint8Array =>
  Buffer.from(
    `${JSON.stringify({ format: 'kuager-log-state/1', ...state, root: encodeBase64(state.root) }, undefined, 2)}\n`,
  )

/** Throws Fault that names the register for other bytes. */
export function decodeLeadState(bytes: Uint8Array, name: string): LeadState {
  try {
    const { format: _, root: text, ...rest } = schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    const root = decodeBase64(text)
    if (root?.length === 32) return { ...rest, root }
  } catch (cause) {
    throw new Fault(`Cannot read the state of the log in ${name}: it is damaged`, { cause })
  }
  throw new Fault(`Cannot read the state of the log in ${name}: its root is damaged`)
}

/** Key of the state in an object storage. */
const KEY = 'log/state.json'

/** Key of an object that shows whether a storage looks at conditions. */
const CHECK_KEY = 'log/conditions.check'
/** An etag that no object has. */
const NO_ETAG = '0'.repeat(32)

/**
 * Throws Fault where a storage stores in spite of a condition that does not hold: it would let two machines lead. Each
 * try has bytes of its own, so that none is taken for an earlier one.
 */
async function checkConditions(objects: ObjectStore): Promise<void> {
  await objects.put(CHECK_KEY, randomBytes(16))
  for (const condition of [{ etag: NO_ETAG }, { absent: true }] as const)
    if ((await objects.put(CHECK_KEY, randomBytes(16), condition)).kind === 'stored')
      throw new Fault(
        `Cannot agree on who signs in ${objects.name}: it stores in spite of ${'etag' in condition ? 'If-Match' : 'If-None-Match'}; use another storage`,
      )
}

/**
 * The state of a log in an object storage, swapped by the storage itself (`If-Match`). Before the first swap the storage
 * has to show that it does that.
 */
export function objectRegister(objects: ObjectStore): LeadRegister {
  const name = `${objects.name}/${KEY}`
  let isChecked = false
  return {
    name,
    async read() {
      const found = await objects.get(KEY)
      return found === undefined ? undefined : { state: decodeLeadState(found.bytes, name), version: found.etag }
    },
    async swap(before, state) {
      if (!isChecked) await checkConditions(objects)
      isChecked = true
      const condition = before === undefined ? ({ absent: true } as const) : { etag: before }
      const put = await objects.put(KEY, encodeLeadState(state), condition)
      return put.kind === 'stored' ? put.etag : undefined
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** A row and a lock of a database, both of one session: the lock ends with it. */
export interface LeadSession extends AsyncDisposable {
  /** For messages, without secrets. */
  readonly name: string
  /** Whether this session has the lock now; takes it where no other one has it. Throws Fault where there is none. */
  locked(): Promise<boolean>
  read(): Promise<{ readonly bytes: Uint8Array; readonly version: string } | undefined>
  /** As a register does it, only with the lock. */
  swap(before: string | undefined, bytes: Uint8Array): Promise<string | undefined>
}

/** The state of a log in a database, written by the session that holds its lock. */
export function databaseRegister(session: LeadSession): LeadRegister {
  const { name } = session
  return {
    name,
    async read() {
      const found = await session.read()
      return found === undefined ? undefined : { state: decodeLeadState(found.bytes, name), version: found.version }
    },
    swap: (before, state) => session.swap(before, encodeLeadState(state)),
    locked: () => session.locked(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** A register that is written only while a session of a database holds the lock: both must say that one leads. */
export function lockedRegister(register: LeadRegister, session: LeadSession): LeadRegister {
  return {
    name: `${register.name} with ${session.name}`,
    read: () => register.read(),
    async swap(before, state) {
      // Without the lock it is refused, not failed: the register then says by whom.
      if (!(await session.locked())) return undefined
      return register.swap(before, state)
    },
    locked: () => session.locked(),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await register[Symbol.asyncDispose]()
    },
  }
}
