import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { realmGuard, realmsOf, type RealmParts } from '../../pipeline/log/log-realm.ts'
import { readFence, renewFence } from '../../pipeline/log/lead/fence.ts'
import type { CustodyBook } from '../../pipeline/custody/custody-book.ts'
import { localRight } from '../../pipeline/log/lead/local-right.ts'
import { leadRight } from '../../pipeline/log/lead/lead.ts'
import { noRight, type OwnTree, type SigningRight } from '../../pipeline/log/lead/right.ts'
import type { Leading } from '../lead/leading.ts'
import { openTransparencyLog, readLogIdentity } from '../../pipeline/log/open-log.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { unlessAway } from '../../store/warehouse/away.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { thisMachine } from '../../runtime/files/machine.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'

export interface FolderLogParts {
  /** Folder of the log. */
  readonly folder: string
  readonly archive: Archive
  readonly warehouse: Warehouse
  /** Public address of the site, after which a log that is begun is named; absent: a name under a reserved domain. */
  readonly address?: string
  readonly disk: Disk
  /** Reads the realm of a measurement that was not judged yet. */
  readonly readRealm: (bytes: Uint8Array) => Promise<Realm | undefined>
  /** The register of several machines; absent: this folder alone signs. */
  readonly leading?: Pick<Leading, 'lead' | 'register'>
  /** Resolves when so many leaves are where another machine finds them. */
  readonly ships?: (size: number) => Promise<void>
}

/** The right to sign: by the fence of the folder, and where machines agree on who signs by their register too. */
async function openRight(
  { folder, disk, leading, ships }: Pick<FolderLogParts, 'folder' | 'disk' | 'leading' | 'ships'>,
  tree: OwnTree,
): Promise<SigningRight> {
  if (disk !== REAL_DISK) return noRight('the folder is opened for reading', tree.generation)
  const shipUpTo = async (size: number): Promise<number> => {
    await ships?.(size)
    return size
  }
  const lead =
    leading === undefined
      ? {}
      : { lead: { register: leading.register.name, generation: leading.lead.seen?.generation ?? 0 } }
  const local = await localRight({ folder, machine: thisMachine(), now: systemClock.now, ...lead }, tree)
  if (leading === undefined || local.refusal !== undefined) return { ...local, covers: shipUpTo }
  return leadRight(leading.lead, tree, shipUpTo)
}

/**
 * Opens the log of a data folder, or begins one where its measurements are all real or all simulated. Throws InputError
 * where there is no measurement yet, or both are there; Fault that names a file where disk and checkpoint disagree.
 */
export async function openFolderLog({
  folder,
  archive,
  warehouse,
  address,
  disk,
  readRealm,
  leading,
  ships,
}: FolderLogParts): Promise<TransparencyLog> {
  const known = await readLogIdentity(folder)
  const simulated = known?.simulated ?? (await isSimulated({ archive, warehouse, readRealm }))
  return openTransparencyLog(folder, {
    archive,
    disk,
    begin: { simulated, at: systemClock.now(), ...defined({ address }) },
    guard: realmGuard({ archive, warehouse, readRealm }, simulated ? 'simulated' : 'real'),
    // A leaf that is not a measurement has no row: reported at once, without a search as for one that a crash left out.
    openRight: (tree) => openRight({ folder, disk, ...defined({ leading, ships }) }, tree),
    // Where the warehouse is away, it is found when the rows are completed.
    onEntry: (leafIndex) => unlessAway(warehouse.setAside([{ leafIndex, state: 'entry' }]), undefined),
  })
}

/**
 * Records a take-over by an operator as an event of custody, where that was not done yet. A crash before the fencing
 * file says so leaves an event that is found by its generation.
 */
export async function recordTakeOver(
  folder: string,
  { custody, origin }: { readonly custody: () => Promise<CustodyBook>; readonly origin: string },
): Promise<void> {
  const found = await readFence(folder, thisMachine(), true)
  if (found.kind !== 'here' || found.fence.taken === undefined || found.fence.taken.recorded) return
  const { generation, taken } = found.fence
  const book = await custody()
  let known = false
  for await (const { event } of book.events())
    known ||= event.evidence.kind === 'log' && event.detail['generation'] === generation
  if (!known)
    await book.record({
      ...{ type: 'transferred', evidence: { kind: 'log', id: origin }, actor: 'operator', reason: taken.reason },
      detail: { generation, from_generation: taken.from, taken_at_utc: taken.at },
    })
  await renewFence(folder, thisMachine(), { ...found.fence, taken: { ...taken, recorded: true } })
}

async function isSimulated(parts: RealmParts): Promise<boolean> {
  const realms = await realmsOf(parts)
  if (realms.size === 1) return realms.has('simulated')
  const found = realms.size === 0 ? 'it holds no measurement yet' : 'it holds real and simulated measurements'
  throw new InputError(`Cannot begin the log of this folder: ${found}`, {
    code: 'log.realm',
    path: 'folder',
    expected: 'a folder of measurements that are all real or all simulated: a log is permanently of one of the two',
  })
}
