import { join } from 'node:path'
import { parseDerivationTables } from '../../core/derive/derivation-tables.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { defined } from '../../core/model/defined.ts'
import { instant } from '../../core/model/units.ts'
import type { Names } from '../../core/text/names.ts'
import type { NotGathered } from '../../pipeline/bundle/gather.ts'
import {
  makeBundle,
  type BundleAsked,
  type BundlePlace,
  type MadeBundle,
  type MakeParts,
} from '../../pipeline/bundle/make-bundle.ts'
import { recordErasures } from '../../pipeline/custody/record-erasures.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { openShownForms } from '../../pipeline/publish/shown-forms.ts'
import { systemClock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readDerivationFiles } from '../../runtime/tables/derivation-files.ts'
import { loadOperator } from '../../runtime/tables/operator.ts'
import { makeExhibits } from '../exhibit/exhibit.ts'
import type { OpenFolder } from '../folder/open.ts'
import { folderOutages } from '../folder/outages.ts'
import { askOutside } from '../folder/outside.ts'
import { readVerifyPage } from './verify-page.ts'

export interface FolderBundleOptions extends Pick<
  MakeParts,
  'actor' | 'purpose' | 'authority' | 'signal' | 'onGathered' | 'onProgress'
> {
  readonly place: BundlePlace
  readonly names: Names
  readonly fingerprintFiles: readonly string[]
  /** Hears of each file of others that cannot be read. */
  readonly onProblem: (problem: string) => void
}

/** Makes a bundle of an open folder, whose incidents the caller has brought up to date. Throws as `makeBundle` does. */
export async function makeFolderBundle(
  folder: OpenFolder,
  asked: BundleAsked,
  { place, names, fingerprintFiles, onProblem, ...said }: FolderBundleOptions,
): Promise<MadeBundle | NotGathered> {
  const { signal } = said
  const tables = readDerivationFiles({ fingerprintFiles })
  const operator = loadOperator(join(folder.path, 'about.json'))
  const { comparisons } = parseDerivationTables(tables, digest).weigh
  await folder.seenValues() // its file is there before the thread reads it
  return makeBundle(asked, place, {
    archive: await folder.archive(),
    warehouse: await folder.warehouse(),
    incidents: await folder.incidents(),
    log: await folder.log(),
    custody: await folder.custody(),
    logFolder: folder.logFolder,
    settings: defaultSettings(),
    tables,
    operator,
    openForms: (onRoot) => openShownForms({ folder: folder.path, tables }, onRoot),
    logPublished: async () => {
      await folder.logRevisions()
      await recordErasures(await folder.archive(), await folder.custody())
    },
    attest: async () => void (await askOutside(folder, { now: 'all', signal })),
    makeExhibits: (about, finding) => makeExhibits(about, finding, { names, operator, comparisons }),
    readVerifyPage,
    disk: REAL_DISK,
    now: instant(Math.floor(systemClock.now() / 1000) * 1000),
    ...defined({ ...said, others: await folderOutages(folder.path, onProblem)() }),
    signal,
    actor: said.actor,
    purpose: said.purpose,
  })
}
