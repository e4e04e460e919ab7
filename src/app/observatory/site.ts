import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import { openPublicForms } from '../../pipeline/publish/public-forms.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { realOnly } from '../../site/real-only.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { OpenFolder } from '../folder/open.ts'
import { readMirrorKey } from '../proof/mirror-key.ts'
import { readSiteAssets } from '../web/assets.ts'
import { siteAvailability } from './availability.ts'
import { folderBundles } from './bundles.ts'
import { siteCards } from './cards.ts'
import { methodFigures } from './method.ts'
import { siteProof } from './proof.ts'
import { siteRecord } from './record.ts'

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
  folder: OpenFolder,
  options: FolderSiteOptions,
): Promise<Omit<SiteOptions, 'collector'>> {
  const warehouse = await folder.warehouse()
  const { assets, tag } = await readSiteAssets()
  const closeWith = options.closeWith ?? ((what: AsyncDisposable): void => folder.closeWith(what))
  const cards = await siteCards(closeWith)
  await folder.seenValues() // its file is there before the thread reads it
  const forms = openPublicForms({ folder: folder.engines, fingerprintFiles: options.fingerprintFiles ?? [] })
  closeWith(forms)
  const key = await readMirrorKey(folder.path)
  return {
    warehouse: options.isPublic ? realOnly(warehouse) : warehouse,
    archive: await folder.archive(),
    names: options.names,
    publicForm: forms.text,
    assets,
    frame: { ...(options.frame ?? PLAIN_FRAME), assets: tag, ...defined({ mirrorKey: key?.line }) },
    method: methodFigures(),
    clock: systemClock,
    log: options.log,
    availability: siteAvailability(folder),
    proof: siteProof(folder, options),
    bundles: folderBundles(folder.path, options),
    ...defined({ cards }),
    ...(await siteRecord(folder, { ...options, closeWith })),
  }
}
