import type { Names } from '../core/text/names.ts'
import type { HealthReason } from '../core/model/health.ts'
import type { PublishedValidation } from '../core/model/incident/validation.ts'
import type { Incident } from '../core/model/incident/incident.ts'
import type { WatchedCounts } from '../core/model/incident/watched.ts'
import type { PublishedStudy } from '../core/model/incident/study.ts'
import type { Asn } from '../core/model/units.ts'
import type { Archive } from '../store/archive/contract.ts'
import type { Period, Warehouse } from '../store/warehouse/contract.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { AvailabilityParts } from '../core/text/sentence/availability.ts'
import type { SenderRate } from '../web/request/sender-rate.ts'
import type { Asset } from '../web/html/asset.ts'
import type { CardMaker } from './cards/card-maker.ts'
import type { ClaimPagesOptions } from './record/claims-route.ts'
import type { CrowdSignal } from '../core/model/people/crowd-check.ts'
import type { PosterOf } from './probes/poster.ts'
import type { DatasetShelf } from './dataset/contract.ts'
import type { CrowdDesk } from './check/desk.ts'
import type { JoinDesk } from './join/contract.ts'
import type { Draw } from './charts/drawings.ts'
import type { SiteRecord } from './incident/around.ts'
import type { SiteReviews } from './incident/reviewed.ts'
import type { ReadableIncidents } from './incident/route.ts'
import type { ServedLog } from '../web/answer/log-routes.ts'
import type { PublicForm } from './measurement/view.ts'
import type { Frame } from '../web/html/frame.ts'
import type { MethodFigures } from './guide/page/method-figures.ts'
import type { SiteLogView } from './verify/page/proof.ts'
import type { PeopleReports } from './place/people-reports.ts'
import type { BundleDesk } from './incident/bundle-desk.ts'
import type { PublishedBundles } from './incident/published-bundles.ts'
import type { ReportDesk } from './report/desk.ts'
import type { SubscriptionDesk } from './subscribe/desk.ts'
import type { SavedChecks } from './check/saved-route.ts'
import type { CollectorOptions } from './submit/submissions.ts'
import type { VisitorOf } from './visitor.ts'
import type { WorkDesk } from '../web/work/contract.ts'

/** What a site is made over. It opens nothing itself. */
export interface SiteOptions {
  readonly warehouse: Pick<
    Warehouse,
    | 'matrix'
    | 'recent'
    | 'lastInterfered'
    | 'measuredHours'
    | 'series'
    | 'listed'
    | 'explored'
    | 'aggregated'
    | 'keptApart'
    | 'readings'
    | 'apart'
    | 'measurement'
    | 'observations'
  >
  readonly archive: Pick<Archive, 'read'>
  /** The journal of incidents; absent: the site shows only measurements. */
  readonly incidents?: ReadableIncidents
  /** What people did with incidents; absent: nothing. */
  readonly reviews?: SiteReviews
  /** Events and statements next to the incidents. */
  readonly record?: SiteRecord
  /** The page of statements, with how their claims are judged. */
  readonly claims?: Pick<ClaimPagesOptions, 'record' | 'coverage' | 'judge'>
  /** Published studies of coincidence; absent: there are none. */
  readonly studies?: () => Promise<readonly PublishedStudy[]>
  /** Published validations of the program; absent: there are none. */
  readonly validations?: () => Promise<readonly PublishedValidation[]>
  /** How much of a period a series was without restriction; absent: the page of a series does not say. */
  readonly availability?: (
    series: { readonly service: string; readonly asn: Asn; readonly simulated: boolean },
    period: Period,
  ) => Promise<AvailabilityParts | undefined>
  /** The log of the folder; absent: it has none. */
  readonly proof?: () => Promise<SiteLogView | undefined>
  /** Bundles that were published; absent: none. */
  readonly bundles?: PublishedBundles
  /** Files for researchers by month; absent: there are none. */
  readonly datasets?: DatasetShelf
  /** Prints the poster for volunteers; absent: there is none. */
  readonly poster?: PosterOf
  /** Makes bundles for the asking; absent: none are made. */
  readonly bundleDesk?: BundleDesk
  /** What is watched, to be read next to what was found; absent: it is not said. */
  readonly watched?: (incidents: readonly Incident[]) => Promise<WatchedCounts>
  /** Draws charts in parallel with the answers (src/app/observatory/drawing.ts); absent: in this thread. */
  readonly draw?: Draw
  /** Draws share cards; absent: the renderer is not installed, and there are none. */
  readonly cards?: CardMaker
  readonly names: Names
  readonly publicForm: PublicForm
  readonly assets: readonly Asset[]
  /** What is offered to people who want to measure; absent: nothing is set. */
  readonly join?: JoinDesk
  /** Takes measurements of probes; absent: the site shows and takes nothing. */
  readonly collector?: CollectorOptions
  /** The transparency log as it is served; absent: there is none, as in a copy. */
  readonly transparency?: () => Promise<ServedLog | undefined>
  /** Takes digests of checks that people keep; absent: none are taken. */
  readonly savedChecks?: SavedChecks
  /** Takes trouble reports; absent: the page says how to write to us. */
  readonly reports?: ReportDesk
  /** Takes subscriptions by mail; absent: the page says that no mail is set up. */
  readonly subscriptions?: SubscriptionDesk
  /** What may be shown of them; absent: no page speaks of reports. */
  readonly people?: PeopleReports
  /** Plans checks in a reader's browser and takes their results; absent: the page shows only what others see. */
  readonly crowd?: CrowdDesk
  /** What may be shown of such checks now, of all networks; absent: none are taken. */
  readonly checks?: () => Promise<readonly CrowdSignal[]>
  /** Requires a proof of work from each sender; absent: nothing is taken that asks for one. */
  readonly work?: WorkDesk
  /** How often one sender may ask the interface for programs; absent: as often as the sender likes. */
  readonly apiRate?: SenderRate
  /**
   * How often one part of the network may ask for a challenge: an allowance of its own, that no other question uses up.
   */
  readonly workRate?: SenderRate
  /** Why the server is not in full service; absent: the pages do not mention it. */
  readonly health?: () => readonly HealthReason[]
  /** What surrounds every page: public address, mirrors, who runs it. */
  readonly frame: Frame
  /** Rules, thresholds and tables that the page of the method shows. */
  readonly method: MethodFigures
  /** Looks at the network of a visitor; absent: every visitor is asked. */
  readonly visitor?: VisitorOf
  readonly clock: Clock
  readonly log: Log
}
