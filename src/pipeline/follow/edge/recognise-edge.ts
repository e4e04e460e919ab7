import { isSimulatedOrigin, type Checkpoint } from '../../../core/evidence/log/checkpoint.ts'
import type { Realm } from '../../../core/model/log-entry.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { checkSigned, readEdgeIdentity, refuseEdge, signersOf } from './edge-log.ts'
import { edgeStates, newEdgeState, type EdgeState } from './edge-state.ts'

export interface EdgeSettings {
  readonly store: ObjectStore
  /** Keys of the edge's log as the operator knows them; none: those of the first answer are kept. */
  readonly keys: readonly string[]
}

export interface RecogniseParts {
  /** The held data folder. */
  readonly folder: string
  /** The one realm whose measurements the folder takes; undefined before it has a log. */
  readonly realm: () => Promise<Realm | undefined>
  /** Name of this folder's own log, which is no edge of it; undefined before it has one. */
  readonly ownOrigin: () => Promise<string | undefined>
}

/**
 * Who answers: a log that was followed before, wherever it is now, or one that is followed from now on. A log that is not
 * known takes the place of no other one by itself: not under its name, and not at its address. Throws InputError.
 */
export async function recogniseEdge(
  checkpoint: Checkpoint,
  { store, keys }: EdgeSettings,
  { folder, realm, ownOrigin }: RecogniseParts,
): Promise<{ readonly state: EdgeState; readonly isNew: boolean }> {
  const { origin } = checkpoint
  if (origin === (await ownOrigin()))
    throw refuseEdge('own', 'its log is that of this very folder', 'the folder of another server')
  const own: Realm = isSimulatedOrigin(origin) ? 'simulated' : 'real'
  const taken = (await realm()) ?? own
  if (taken !== own) throw refuseEdge('realm', `its measurements are ${own}`, `${taken} ones, as here`)
  const states = await edgeStates(folder)
  const known = states.find((one) => one.origin === origin && signersOf(checkpoint, one.keys).length > 0)
  const given = signersOf(checkpoint, keys)
  // Keys of other edges say nothing about one that is known; another key under its own name does.
  const named = keys.filter((key) => key.startsWith(`${origin}+`))
  const isAsGiven =
    known === undefined ? keys.length === 0 : named.length === 0 || known.keys.some((key) => named.includes(key))
  if (given.length === 0 && !isAsGiven)
    throw refuseEdge('key', `its log "${origin}" is signed with none of the keys of --edge-key`, 'one of these keys')
  const before = states.find((one) => one.origin === origin || one.address === store.name)
  if (known === undefined && given.length === 0 && before !== undefined)
    throw refuseEdge(
      'replaced',
      `the log "${before.origin}" was followed there before, and another one answers: "${origin}"`,
      'the same log; if the edge was set up again, give its new key with --edge-key',
    )
  const state = known ?? newEdgeState(origin, { address: store.name, keys: await firstKeys(store, given) })
  checkSigned(checkpoint, origin, state.keys)
  return { state: { ...state, address: store.name }, isNew: known === undefined }
}

/** Keys of a log that is followed for the first time: those of the operator, else those that it names itself. */
async function firstKeys(store: ObjectStore, given: readonly string[]): Promise<readonly string[]> {
  if (given.length > 0) return given
  const { keys } = (await readEdgeIdentity(store)) ?? { keys: [] }
  if (keys.length > 0) return keys
  throw refuseEdge('key', 'nothing says which key its log signs with', 'its "log/log.json", or --edge-key')
}
