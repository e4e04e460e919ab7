import { site as enSite } from './en/site.ts'
import { site as kkSite } from './kk/site.ts'
import { site as ruSite } from './ru/site.ts'
import type { SiteKey } from './site-keys.ts'
import { board as enBoard } from './en/board.ts'
import { board as kkBoard } from './kk/board.ts'
import { board as ruBoard } from './ru/board.ts'
import type { BoardKey } from './board-keys.ts'
import { place as enPlace } from './en/place.ts'
import { place as kkPlace } from './kk/place.ts'
import { place as ruPlace } from './ru/place.ts'
import type { PlaceKey } from './place-keys.ts'
import { story as enStory } from './en/story.ts'
import { story as kkStory } from './kk/story.ts'
import { story as ruStory } from './ru/story.ts'
import type { StoryKey } from './story-keys.ts'
import { guide as enGuide } from './en/guide.ts'
import { guide as kkGuide } from './kk/guide.ts'
import { guide as ruGuide } from './ru/guide.ts'
import type { GuideKey } from './guide-keys.ts'
import { feed as enFeed } from './en/feed.ts'
import { feed as kkFeed } from './kk/feed.ts'
import { feed as ruFeed } from './ru/feed.ts'
import type { FeedKey } from './feed-keys.ts'
import { card as enCard } from './en/card.ts'
import { card as kkCard } from './kk/card.ts'
import { card as ruCard } from './ru/card.ts'
import type { CardKey } from './card-keys.ts'
import { copy as enCopy } from './en/copy.ts'
import { copy as kkCopy } from './kk/copy.ts'
import { copy as ruCopy } from './ru/copy.ts'
import type { CopyKey } from './copy-keys.ts'
import { gate as enGate } from './en/gate.ts'
import { gate as kkGate } from './kk/gate.ts'
import { gate as ruGate } from './ru/gate.ts'
import type { GateKey } from './gate-keys.ts'
import { proof as enProof } from './en/proof.ts'
import { proof as kkProof } from './kk/proof.ts'
import { proof as ruProof } from './ru/proof.ts'
import type { ProofKey } from './proof-keys.ts'
import { bundle as enBundle } from './en/bundle.ts'
import { bundle as kkBundle } from './kk/bundle.ts'
import { bundle as ruBundle } from './ru/bundle.ts'
import type { BundleKey } from './bundle-keys.ts'
import { proofPage as enProofPage } from './en/proof-page.ts'
import { proofPage as kkProofPage } from './kk/proof-page.ts'
import { proofPage as ruProofPage } from './ru/proof-page.ts'
import type { ProofPageKey } from './proof-page-keys.ts'
import { paper as enPaper } from './en/paper.ts'
import { paper as kkPaper } from './kk/paper.ts'
import { paper as ruPaper } from './ru/paper.ts'
import type { PaperKey } from './paper-keys.ts'
import { casework as enCasework } from './en/casework.ts'
import { casework as kkCasework } from './kk/casework.ts'
import { casework as ruCasework } from './ru/casework.ts'
import type { CaseworkKey } from './casework-keys.ts'
import { edition as enEdition } from './en/edition.ts'
import { edition as kkEdition } from './kk/edition.ts'
import { edition as ruEdition } from './ru/edition.ts'
import type { EditionKey } from './edition-keys.ts'
import { alone as enAlone } from './en/alone.ts'
import { alone as kkAlone } from './kk/alone.ts'
import { alone as ruAlone } from './ru/alone.ts'
import type { AloneKey } from './alone-keys.ts'
import { region as enRegion } from './en/region.ts'
import { region as kkRegion } from './kk/region.ts'
import { region as ruRegion } from './ru/region.ts'
import type { RegionKey } from './region-keys.ts'
import { crowd as enCrowd } from './en/crowd.ts'
import { crowd as kkCrowd } from './kk/crowd.ts'
import { crowd as ruCrowd } from './ru/crowd.ts'
import type { CrowdKey } from './crowd-keys.ts'
import { report as enReport } from './en/report.ts'
import { report as kkReport } from './kk/report.ts'
import { report as ruReport } from './ru/report.ts'
import type { ReportKey } from './report-keys.ts'
import { letter as enLetter } from './en/letter.ts'
import { letter as kkLetter } from './kk/letter.ts'
import { letter as ruLetter } from './ru/letter.ts'
import type { LetterKey } from './letter-keys.ts'
import { letterPage as enLetterPage } from './en/letter-page.ts'
import { letterPage as kkLetterPage } from './kk/letter-page.ts'
import { letterPage as ruLetterPage } from './ru/letter-page.ts'
import type { LetterPageKey } from './letter-page-keys.ts'
import { handover as enHandover } from './en/handover.ts'
import { handover as kkHandover } from './kk/handover.ts'
import { handover as ruHandover } from './ru/handover.ts'
import type { HandoverKey } from './handover-keys.ts'
import { health as enHealth } from './en/health.ts'
import { health as kkHealth } from './kk/health.ts'
import { health as ruHealth } from './ru/health.ts'
import type { HealthKey } from './health-keys.ts'
import { incident as enIncident } from './en/incident.ts'
import { cause as enCause } from './en/cause.ts'
import { record as enRecord } from './en/record.ts'
import { coincide as enCoincide } from './en/coincide.ts'
import { date as enDate } from './en/date.ts'
import { probe as enProbe } from './en/probe.ts'
import { incident as kkIncident } from './kk/incident.ts'
import { cause as kkCause } from './kk/cause.ts'
import { record as kkRecord } from './kk/record.ts'
import { coincide as kkCoincide } from './kk/coincide.ts'
import { date as kkDate } from './kk/date.ts'
import { probe as kkProbe } from './kk/probe.ts'
import { incident as ruIncident } from './ru/incident.ts'
import { cause as ruCause } from './ru/cause.ts'
import { record as ruRecord } from './ru/record.ts'
import { coincide as ruCoincide } from './ru/coincide.ts'
import { date as ruDate } from './ru/date.ts'
import { probe as ruProbe } from './ru/probe.ts'
import type { IncidentKey } from './incident-keys.ts'
import type { CauseKey } from './cause-keys.ts'
import type { RecordKey } from './record-keys.ts'
import type { CoincideKey } from './coincide-keys.ts'
import type { DateKey } from './date-keys.ts'
import type { ProbeKey } from './probe-keys.ts'
import { fact as enFact } from './en/fact.ts'
import { failure as enFailure } from './en/failure.ts'
import { notTaken as enNotTaken } from './en/not-taken.ts'
import { page as enPage } from './en/page.ts'
import { verdict as enVerdict } from './en/verdict.ts'
import type { FactKey, FailureKey, NotTakenKey, PageKey, VerdictKey } from './keys.ts'
import { fact as kkFact } from './kk/fact.ts'
import { failure as kkFailure } from './kk/failure.ts'
import { notTaken as kkNotTaken } from './kk/not-taken.ts'
import { page as kkPage } from './kk/page.ts'
import { verdict as kkVerdict } from './kk/verdict.ts'
import type { Lang } from './lang.ts'
import { fact as ruFact } from './ru/fact.ts'
import { failure as ruFailure } from './ru/failure.ts'
import { notTaken as ruNotTaken } from './ru/not-taken.ts'
import { page as ruPage } from './ru/page.ts'
import { verdict as ruVerdict } from './ru/verdict.ts'

/** Every key of every area; a key without words in one of the languages does not compile. */
export type Key =
  | VerdictKey
  | FactKey
  | FailureKey
  | NotTakenKey
  | PageKey
  | IncidentKey
  | CauseKey
  | RecordKey
  | CoincideKey
  | DateKey
  | ProbeKey
  | SiteKey
  | BoardKey
  | PlaceKey
  | StoryKey
  | GuideKey
  | FeedKey
  | CardKey
  | CopyKey
  | GateKey
  | ProofKey
  | BundleKey
  | ProofPageKey
  | PaperKey
  | AloneKey
  | EditionKey
  | CaseworkKey
  | RegionKey
  | CrowdKey
  | ReportKey
  | LetterKey
  | LetterPageKey
  | HandoverKey
  | HealthKey

/** The areas of one language. */
type Areas = {
  readonly verdict: Readonly<Record<VerdictKey, string>>
  readonly fact: Readonly<Record<FactKey, string>>
  readonly failure: Readonly<Record<FailureKey, string>>
  readonly page: Readonly<Record<PageKey, string>>
  readonly notTaken: Readonly<Record<NotTakenKey, string>>
  readonly incident: Readonly<Record<IncidentKey, string>>
  readonly cause: Readonly<Record<CauseKey, string>>
  readonly record: Readonly<Record<RecordKey, string>>
  readonly coincide: Readonly<Record<CoincideKey, string>>
  readonly date: Readonly<Record<DateKey, string>>
  readonly probe: Readonly<Record<ProbeKey, string>>
  readonly site: Readonly<Record<SiteKey, string>>
  readonly board: Readonly<Record<BoardKey, string>>
  readonly place: Readonly<Record<PlaceKey, string>>
  readonly story: Readonly<Record<StoryKey, string>>
  readonly guide: Readonly<Record<GuideKey, string>>
  readonly feed: Readonly<Record<FeedKey, string>>
  readonly card: Readonly<Record<CardKey, string>>
  readonly copy: Readonly<Record<CopyKey, string>>
  readonly gate: Readonly<Record<GateKey, string>>
  readonly proof: Readonly<Record<ProofKey, string>>
  readonly bundle: Readonly<Record<BundleKey, string>>
  readonly proofPage: Readonly<Record<ProofPageKey, string>>
  readonly paper: Readonly<Record<PaperKey, string>>
  readonly alone: Readonly<Record<AloneKey, string>>
  readonly edition: Readonly<Record<EditionKey, string>>
  readonly casework: Readonly<Record<CaseworkKey, string>>
  readonly region: Readonly<Record<RegionKey, string>>
  readonly crowd: Readonly<Record<CrowdKey, string>>
  readonly report: Readonly<Record<ReportKey, string>>
  readonly letter: Readonly<Record<LetterKey, string>>
  readonly letterPage: Readonly<Record<LetterPageKey, string>>
  readonly handover: Readonly<Record<HandoverKey, string>>
  readonly health: Readonly<Record<HealthKey, string>>
}

/**
 * The messages of all areas in one object. Made of entries: spreading some thousand fields makes the engine describe as
 * many shapes of the object, which costs every command 45 MB and a tenth of a second.
 */
const joined = (areas: Areas): Readonly<Record<Key, string>> =>
  // The areas together have every key, which the type of a list of entries cannot say.
  Object.fromEntries(Object.values(areas).flatMap((area) => Object.entries(area))) as Record<Key, string>

/** All messages, as ICU MessageFormat. Terms: docs/vocabulary.md. */
export const CATALOGUE: Readonly<Record<Lang, Readonly<Record<Key, string>>>> = {
  kk: joined({
    verdict: kkVerdict,
    fact: kkFact,
    failure: kkFailure,
    page: kkPage,
    notTaken: kkNotTaken,
    incident: kkIncident,
    cause: kkCause,
    record: kkRecord,
    coincide: kkCoincide,
    date: kkDate,
    probe: kkProbe,
    site: kkSite,
    board: kkBoard,
    place: kkPlace,
    story: kkStory,
    guide: kkGuide,
    feed: kkFeed,
    card: kkCard,
    copy: kkCopy,
    gate: kkGate,
    proof: kkProof,
    bundle: kkBundle,
    proofPage: kkProofPage,
    paper: kkPaper,
    alone: kkAlone,
    edition: kkEdition,
    casework: kkCasework,
    region: kkRegion,
    crowd: kkCrowd,
    report: kkReport,
    letter: kkLetter,
    letterPage: kkLetterPage,
    handover: kkHandover,
    health: kkHealth,
  }),
  ru: joined({
    verdict: ruVerdict,
    fact: ruFact,
    failure: ruFailure,
    page: ruPage,
    notTaken: ruNotTaken,
    incident: ruIncident,
    cause: ruCause,
    record: ruRecord,
    coincide: ruCoincide,
    date: ruDate,
    probe: ruProbe,
    site: ruSite,
    board: ruBoard,
    place: ruPlace,
    story: ruStory,
    guide: ruGuide,
    feed: ruFeed,
    card: ruCard,
    copy: ruCopy,
    gate: ruGate,
    proof: ruProof,
    bundle: ruBundle,
    proofPage: ruProofPage,
    paper: ruPaper,
    alone: ruAlone,
    edition: ruEdition,
    casework: ruCasework,
    region: ruRegion,
    crowd: ruCrowd,
    report: ruReport,
    letter: ruLetter,
    letterPage: ruLetterPage,
    handover: ruHandover,
    health: ruHealth,
  }),
  en: joined({
    verdict: enVerdict,
    fact: enFact,
    failure: enFailure,
    page: enPage,
    notTaken: enNotTaken,
    incident: enIncident,
    cause: enCause,
    record: enRecord,
    coincide: enCoincide,
    date: enDate,
    probe: enProbe,
    site: enSite,
    board: enBoard,
    place: enPlace,
    story: enStory,
    guide: enGuide,
    feed: enFeed,
    card: enCard,
    copy: enCopy,
    gate: enGate,
    proof: enProof,
    bundle: enBundle,
    proofPage: enProofPage,
    paper: enPaper,
    alone: enAlone,
    edition: enEdition,
    casework: enCasework,
    region: enRegion,
    crowd: enCrowd,
    report: enReport,
    letter: enLetter,
    letterPage: enLetterPage,
    handover: enHandover,
    health: enHealth,
  }),
}
