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
  }),
}
