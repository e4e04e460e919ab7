import { join } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import { openPublicForms } from '../../pipeline/publish/public-forms.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { realOnly } from '../../site/real-only.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { DETECTED } from '../folder/detection.ts'
import type { SiteFolder } from '../reader/site-folder.ts'
import { openPosters } from './posters.ts'
import { readSiteAssets } from '../web/assets.ts'
import { siteAvailability } from './availability.ts'
import { folderDatasets } from '../dataset/shelf.ts'
import { folderBundles } from './bundles.ts'
import { siteCards } from './cards.ts'
import { readServiceCheck } from '../../control/check/weekly-check.ts'
import { methodFigures } from './method.ts'
import { siteRecord } from './record.ts'
import { stat } from 'node:fs/promises'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { evaluatePolicy } from '../../core/evidence/witness/policy.ts'
import { settledOrUndefined } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import type { PublishedCheckpoint } from '../../pipeline/log/contract.ts'
import type { ReadLog } from '../../pipeline/log/read-log.ts'
import { logFolder } from '../../pipeline/log/log-folder.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import type { AskedState, OutsideState } from '../../pipeline/log/outside/outside-state.ts'
import { openStampState } from '../../pipeline/log/outside/stamps.ts'
import { loadPolicy, openWitnessState } from '../../pipeline/log/outside/witnesses.ts'
import type { OutsideServiceView, SiteLogView } from '../../site/verify/page/proof.ts'
import { verifyEd25519 } from '../../runtime/ed25519.ts'
import { loadAlarmsAlone } from '../../pipeline/detect/detect-state.ts'
import { countWatched } from '../../pipeline/detect/count-watched.ts'

export interface FolderSiteOptions {
  readonly names: Names
  readonly log: Log
  /** Whether only what was measured is shown. */
  readonly isPublic: boolean
  readonly networkFiles?: readonly string[]
  /** Fingerprints by which pages are read. */
  readonly fingerprintFiles?: readonly string[]
  /** What surrounds every page; absent: nothing is known of it. */
  readonly frame?: Frame
  /** Whether changes of the record are taken in while the site is open. */
  readonly follows?: boolean
  /** Receives what to end after use; absent: it ends with the folder. */
  readonly closeWith?: (what: AsyncDisposable) => void
}

/**
 * What the site of an open folder is made over: the same for a server and for a copy as files; nothing takes
 * submissions.
 */
export async function folderSite(
  folder: SiteFolder,
  options: FolderSiteOptions,
): Promise<Omit<SiteOptions, 'collector'>> {
  const warehouse = await folder.warehouse()
  const { assets, tag } = await readSiteAssets()
  const closeWith = options.closeWith ?? ((what: AsyncDisposable): void => folder.closeWith(what))
  const cards = await siteCards(closeWith)
  await folder.seenValues() // its file is there before the thread reads it
  const forms = openPublicForms({ folder: folder.engines, fingerprintFiles: options.fingerprintFiles ?? [] })
  closeWith(forms)
  const mirrorKey = await folder.mirrorKeyLine()
  return {
    warehouse: options.isPublic ? realOnly(warehouse) : warehouse,
    archive: await folder.archive(),
    names: options.names,
    publicForm: forms.text,
    assets,
    frame: { ...(options.frame ?? PLAIN_FRAME), assets: tag, ...defined({ mirrorKey }) },
    watched: async (incidents) =>
      countWatched(
        (await warehouse.seriesKeys()).filter(({ simulated }) => options.isPublic !== true || !simulated),
        incidents,
        await loadAlarmsAlone(join(folder.incidentsFolder, DETECTED)),
      ),
    method: methodFigures(await readServiceCheck(join(folder.path, 'services-check.json'))),
    clock: systemClock,
    log: options.log,
    availability: siteAvailability(folder),
    proof: siteProof(folder, options),
    bundles: folderBundles(folder.path, options),
    poster: openPosters(),
    datasets: folderDatasets(folder.path, { isPublic: options.isPublic, clock: systemClock }),
    ...defined({ cards }),
    ...(await siteRecord(folder, { ...options, closeWith })),
  }
}

/** How long a look at the log holds. */
const FRESH_MS = 5_000

/**
 * The log of a data folder as the site shows it, with what outsiders stated about it; undefined while the folder has
 * none. `isPublic` leaves a log of simulated data out, as everything simulated.
 */
function siteProof(
  folder: Pick<SiteFolder, 'begunLog' | 'logFolder' | 'archive'>,
  { isPublic }: { readonly isPublic: boolean },
): () => Promise<SiteLogView | undefined> {
  const look = async (): Promise<SiteLogView | undefined> => {
    const log = await folder.begunLog()
    return log === undefined || (isPublic && log.simulated) ? undefined : viewLog(log, folder)
  }
  let held: { readonly view: Promise<SiteLogView | undefined>; readonly until: number } | undefined
  return () => {
    if (held === undefined || systemClock.monotonic() >= held.until) {
      const view = look()
      held = { view, until: systemClock.monotonic() + FRESH_MS }
      view.catch(() => (held = undefined))
    }
    return held.view
  }
}

async function viewLog(log: ReadLog, of: Pick<SiteFolder, 'logFolder' | 'archive'>): Promise<SiteLogView> {
  const folder = of.logFolder
  const checkpoint = await log.latest()
  return {
    origin: log.origin,
    keys: log.keys.map(({ key, since, until }) => ({
      line: formatVerifierKey(key),
      since,
      ...defined({ until }),
    })),
    ...(checkpoint === undefined ? {} : { checkpoint: await viewCheckpoint(checkpoint, folder) }),
    authorities: await viewAuthorities(folder),
    ...(await viewWitnesses(folder, checkpoint)),
  }
}

/** The state of the tree is written once, before it is signed; the checkpoint again whenever a witness signs it. */
async function viewCheckpoint(
  { size, bytes }: PublishedCheckpoint,
  folder: string,
): Promise<NonNullable<SiteLogView['checkpoint']>> {
  const { mtimeMs } = await stat(logFolder(folder).state)
  return { size, at: instant(Math.floor(mtimeMs)), text: new TextDecoder().decode(bytes) }
}

// A page is shown also where the operator's file does not read: the command that uses it says what is wrong.
async function viewAuthorities(folder: string): Promise<readonly OutsideServiceView[]> {
  const authorities = (await settledOrUndefined(loadAuthorities(folder))) ?? []
  const state = await openStampState(folder)
  return authorities.map(({ name }) => viewOutside(name, state))
}

async function viewWitnesses(
  folder: string,
  checkpoint: PublishedCheckpoint | undefined,
): Promise<Pick<SiteLogView, 'witnesses' | 'quorum'>> {
  const policy = (await settledOrUndefined(loadPolicy(folder)))?.policy
  if (policy === undefined) return { witnesses: [] }
  const state = await openWitnessState(folder)
  const witnesses = policy.witnesses.map(({ name }) => viewOutside(name, state))
  if (policy.quorum === undefined) return { witnesses, quorum: 'none' }
  if (checkpoint === undefined) return { witnesses }
  return { witnesses, quorum: evaluatePolicy(checkpoint, policy, verifyEd25519).satisfied ? 'met' : 'unmet' }
}

function viewOutside(name: string, state: OutsideState): OutsideServiceView {
  const { size, at, theirs, failures }: AskedState = state.get(name)
  const last = theirs ?? at
  return { name, failures, ...(last === undefined ? {} : { last: { at: last, size } }) }
}
